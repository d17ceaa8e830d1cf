"""Reads the files of `group_vars/` and `host_vars/`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from podwright.inventory.file_reader import FileReader
from podwright.inventory.files import VariableFolder
from podwright.inventory.precedence import VariableFiles
from podwright.inventory.structure import Source, Structure
from podwright.inventory.yaml_document import read_document
from podwright.problem import Place, Problem


def read_variable_files(
    folders: Iterable[Path], structure: Structure, reader: FileReader
) -> list[VariableFiles]:
    """Return what the files of each folder say; what is wrong with them goes to the structure's problems."""
    return [_Folder(number, structure, reader).read(folder) for number, folder in enumerate(folders)]


class _Folder:
    def __init__(self, number: int, structure: Structure, reader: FileReader) -> None:
        self._number = number
        self._structure = structure
        self._reader = reader

    def read(self, folder: Path) -> VariableFiles:
        found = VariableFiles()
        groups, hosts = VariableFolder(folder / "group_vars"), VariableFolder(folder / "host_vars")
        for name in self._structure.groups:
            locked: list[Problem] = []
            if variables := self._variables(groups.files(name), locked, group=name):
                found.groups[name] = variables
            if locked:
                found.locked_groups[name] = locked[0]
        for name in self._structure.hosts:
            locked = []
            if variables := self._variables(hosts.files(name), locked, host=name):
                found.hosts[name] = variables
            if locked:
                found.locked_hosts[name] = locked[0]
        self._structure.warnings += (*found.locked_groups.values(), *found.locked_hosts.values())
        return found

    def _variables(
        self, files: tuple[Path, ...], locked: list[Problem], group: str = "", host: str = ""
    ) -> dict[object, object]:
        merged: dict[object, object] = {}
        for file in files:
            if not file.exists():
                self._structure.warn("this link leads nowhere, and is not used", "", Place(str(file)))
                continue
            document = read_document(file, self._structure.problems, self._reader, locked)
            if document is None or document.value is None:
                continue
            self._structure.warnings.extend(document.duplicates)
            if not isinstance(document.value, dict):
                message = "a file of variables maps names to values"
                place = document.place(document.root)
                self._structure.problems.append(Problem(message, "write `name: value`", place))
                continue
            hosts = (host,) if host else ()
            self._structure.sources.append(Source(document, document.value, group, hosts, self._number))
            merged = {**merged, **document.value} if merged else document.value
        return merged
