"""Reads one source after another; decides of each what it is, as Ansible does."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from podwright.errors import UsageError
from podwright.inventory.file_reader import FileReader
from podwright.inventory.files import VARIABLE_FOLDERS, YAML_SUFFIXES, inventory_files
from podwright.inventory.precedence import VariableFiles
from podwright.inventory.sources import constructed, kubernetes
from podwright.inventory.sources.host_list import read_hosts
from podwright.inventory.sources.json_list import is_list, read_list
from podwright.inventory.sources.kubernetes import NodeLister, read_nodes
from podwright.inventory.sources.script import is_program, read_script
from podwright.inventory.sources.yaml_file import read_groups
from podwright.inventory.structure import Structure
from podwright.inventory.variable_files import read_variable_files
from podwright.inventory.yaml_document import Document, parse_document
from podwright.inventory.yaml_nodes import DocumentError
from podwright.lazy_pattern import lazy_pattern
from podwright.problem import Place, Problem

#: endings that somebody gives to an inventory; others in a folder may be anything
_INVENTORY_SUFFIXES = (*YAML_SUFFIXES, ".ini", ".inventory", ".hosts")
_OTHER_NAMES = frozenset({"Dockerfile", "Jenkinsfile", "LICENSE", "Makefile", "README", "Vagrantfile"})
_PLAY = lazy_pattern(r"^- *(?:name|hosts|import_playbook|ansible\.builtin\.import_playbook) *:", re.MULTILINE)
_SETTING = lazy_pattern(r"[\w.-]+\s*(?:=|:\s)")
_LIST_HINT = (
    "write what it finds to a file, and use that: `ansible-inventory -i {file} --list > inventory.json`"
)


def _no_cluster() -> tuple[kubernetes.ClusterNode, ...]:
    raise UsageError("the nodes of a cluster cannot be listed here", "name an inventory with `-i PATH`")


@dataclass(frozen=True, slots=True)
class Sources:
    """Fills a structure; `files` reads every file, `cluster` lists the nodes of `kubernetes:`."""

    files: FileReader = field(default_factory=FileReader)
    cluster: NodeLister = _no_cluster
    structure: Structure = field(default_factory=Structure)
    _folders: dict[Path, None] = field(default_factory=dict, init=False)

    def read(self, source: Path) -> None:
        """Add a file, a folder, `host1,host2,` or `kubernetes:`. Raises UsageError if there is no such thing."""
        before = self._extent()
        name = str(source)
        if name == kubernetes.NAME:
            read_nodes(self.cluster(), self.structure)
        elif "," in name and not source.exists():
            read_hosts(name, self.structure)
        else:
            for file in inventory_files(source, self.structure.problems):
                self._read_file(file, in_folder=source.is_dir())
                self._folders[file.parent] = None
        if self._extent() == before and not self.structure.problems and not _has_variable_files(source):
            hint = "name hosts in it, or leave it out"
            self.structure.problem("this source names no host, no group and no variable", hint, Place(name))

    def _extent(self) -> tuple[int, int, int]:
        structure = self.structure
        named = sum(len(group.hosts) + len(group.children) for group in structure.groups.values())
        return len(structure.hosts) + named, len(structure.groups), len(structure.sources)

    def _variables_so_far(self) -> list[VariableFiles]:
        """Those beside the files that were read; what is wrong with them is told when all sources are read."""
        named = Structure(self.structure.groups, self.structure.hosts)
        return read_variable_files(self._folders, named, self.files)

    def _read_file(self, file: Path, *, in_folder: bool) -> None:
        try:
            if is_program(file):
                read_script(file, self.structure)
                return
            text = self.files.text(file)
        except OSError as error:
            self.structure.problem(f"cannot be read: {error.strerror}", "", Place(str(file)))
        except DocumentError as error:
            self.structure.problems.append(error.problem)
        else:
            problems = self._read_text(file, text)
            if problems and in_folder and _is_something_else(file, text):
                self.structure.warn("this is not an inventory, and is not used", "", Place(str(file)))
            else:
                self.structure.problems.extend(problems)

    def _read_text(self, file: Path, text: str) -> list[Problem]:
        """Read YAML if the name may be that of a YAML file, and INI if it is no mapping in YAML."""
        if file.suffix == ".toml":
            hint = _LIST_HINT.format(file=file)
            return [Problem("inventories in TOML are not supported", hint, Place(str(file)))]
        wrong: list[Problem] = []
        if file.suffix in YAML_SUFFIXES:
            read = self._yaml_reader(file, text, wrong)
            if read is not None:
                read()
                return wrong
        from podwright.inventory.sources.ini_file import IniFile  # an inventory in YAML pays for none of it

        ini = IniFile.parse(str(file), text)
        if not ini.problems:
            self.files.seal(file, ini.variables)
            ini.add_to(self.structure)
            return []
        return wrong if wrong and (file.suffix or not _looks_like_ini(text)) else ini.problems

    def _yaml_reader(self, file: Path, text: str, wrong: list[Problem]) -> Callable[[], None] | None:
        """Return what adds the text as YAML; None if it is none, with what is `wrong` with it."""
        problems: list[Problem] = []
        try:
            document = parse_document(str(file), text, problems, self.files.tags)
            self.files.seal(file, document.value)
        except DocumentError as error:
            wrong.append(error.problem)
            return None
        value = document.value
        if not isinstance(value, dict) or not value:
            hint = "begin with `all:`, below it `hosts:`, `children:` and `vars:`"
            message = "the top level of an inventory maps group names to groups"
            wrong.append(Problem(message, hint, document.place(document.root)))
            return None
        wrong += problems
        return lambda: self._read_mapping(document, value)

    def _read_mapping(self, document: Document, value: dict[object, object]) -> None:
        self.structure.warnings.extend(document.duplicates)
        plugin = value.get("plugin")
        if plugin and str(plugin).removeprefix("ansible.builtin.") == constructed.NAME:
            constructed.construct(document, value, self.structure, self._variables_so_far)
        elif plugin:
            hint = _LIST_HINT.format(file=document.file)
            place = document.key_place(value, "plugin")
            self.structure.problem(f"the inventory plugin `{str(plugin)[:60]}` is not supported", hint, place)
        elif is_list(document, value):
            read_list(document, self.structure)
        else:
            read_groups(document, self.structure)


def _is_something_else(file: Path, text: str) -> bool:
    """Whether a file in a folder cannot be meant as an inventory: its name says so, or it is a playbook or settings."""
    if file.suffix not in _INVENTORY_SUFFIXES or file.name in _OTHER_NAMES:
        return True
    if file.suffix in (".yml", ".yaml"):
        return _PLAY.search(text) is not None
    lines = (line for line in map(str.strip, text.splitlines()) if line and line[0] not in "#;[")
    return file.suffix == ".ini" and all(map(_SETTING.match, lines))


def _looks_like_ini(text: str) -> bool:
    lines = (line.strip() for line in text.splitlines())
    return any(line.startswith("[") and line.partition("#")[0].rstrip().endswith("]") for line in lines)


def _has_variable_files(source: Path) -> bool:
    return any((source / name).is_dir() for name in VARIABLE_FOLDERS)
