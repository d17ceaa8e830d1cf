"""Reads an inventory in Ansible's YAML shape, with its `group_vars/` and `host_vars/`, into nodes."""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from podwright.errors import InventoryError
from podwright.inventory.checks import Checks
from podwright.inventory.cycles import refuse_cycles
from podwright.inventory.decryption import decrypting_reader
from podwright.inventory.document import Document, read_document
from podwright.inventory.file_reader import FileReader
from podwright.inventory.files import CONVERT_HINT, VariableFolder, inventory_files
from podwright.inventory.node import Inventory
from podwright.inventory.nodes import NodeFactory
from podwright.inventory.precedence import Layers, Membership, VariableFiles
from podwright.inventory.sources.yaml_file import StructureReader
from podwright.inventory.static_pods import StaticPods
from podwright.inventory.structure import Source, Structure
from podwright.inventory.vault import Vault
from podwright.problem import Place, Problem, merged

#: where an inventory is looked for if none is named
DEFAULT_INVENTORY = Path("inventory")


def load_inventory(
    *paths: Path, rules: Collection[str] | None = None, reader: FileReader | None = None
) -> Inventory:
    """Return the inventory of `paths`: each a YAML file, or a folder whose YAML files are read in the order of their names.

    Several are one inventory, as with Ansible's repeated `-i`: what a later one says of a group or host wins. `rules`
    are the ids that the inventory may silence; None takes any. `reader` reads every file; without one there is no
    password for what is encrypted. Raises InventoryError with
    every problem of every file, and UsageError when there is no inventory.
    """
    with _no_collections():
        return _load(paths, Checks(rules), reader or decrypting_reader(Vault()))


@contextmanager
def _no_collections() -> Iterator[None]:
    """Most of what is allocated here stays: looking for garbage in it again and again costs a third of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _load(paths: tuple[Path, ...], checks: Checks, reader: FileReader) -> Inventory:
    problems = checks.problems
    structure = _read_structure(paths, problems, reader)
    named = ", ".join(map(str, paths))
    layers = Layers(structure)
    for folder in _folders_beside(paths):
        layers.files.append(_read_variable_files(folder, structure, problems, reader))
    for files in layers.files:
        checks.warnings += (*files.locked_groups.values(), *files.locked_hosts.values())
    refuse_cycles(structure, problems)
    membership = Membership(structure)
    checks.check(structure.sources)
    if not structure.hosts and not problems:
        problems.append(
            Problem("no node is named in this inventory", "name them below `hosts:`", Place(named))
        )
    static_pods = StaticPods(structure.sources, problems)
    nodes = NodeFactory(layers, membership, static_pods, checks).nodes()
    if problems:
        raise InventoryError(_in_order(problems))
    groups = {name: membership.hosts_of(name) for name in structure.groups}
    return Inventory(nodes, groups, named, tuple(_in_order(checks.warnings)))


def _folders_beside(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """Where `group_vars/` and `host_vars/` lie, each folder once: the last time it is named, since the last wins."""
    folders = [path if path.is_dir() else path.parent for path in paths]
    return tuple(reversed(dict.fromkeys(reversed(folders))))


def _read_structure(paths: tuple[Path, ...], problems: list[Problem], files: FileReader) -> Structure:
    reader = StructureReader(problems)
    for file in (file for path in paths for file in inventory_files(path, problems)):
        document = _read(file, problems, files)
        if document is not None:
            reader.read(document)
    return reader.structure


def _read(file: Path, problems: list[Problem], reader: FileReader) -> Document | None:
    before = len(problems)
    document = read_document(file, problems, reader)
    if document is None and not file.suffix and len(problems) > before:
        problem = problems.pop()
        problems.append(
            Problem(problem.message, f"{problem.hint}; {CONVERT_HINT}".lstrip("; "), problem.place)
        )
    return document


def _read_variable_files(
    folder: Path, structure: Structure, problems: list[Problem], reader: FileReader
) -> VariableFiles:
    found = VariableFiles()
    groups, hosts = VariableFolder(folder / "group_vars"), VariableFolder(folder / "host_vars")
    for names, folder_of, read, unread in (
        (structure.groups, groups, found.groups, found.locked_groups),
        (structure.hosts, hosts, found.hosts, found.locked_hosts),
    ):
        for name in names:
            locked: list[Problem] = []
            if variables := _read_variables(folder_of.files(name), structure, problems, reader, locked):
                read[name] = variables
            if locked:
                unread[name] = locked[0]
    return found


def _read_variables(
    files: tuple[Path, ...],
    structure: Structure,
    problems: list[Problem],
    reader: FileReader,
    locked: list[Problem],
) -> dict[object, object]:
    merged: dict[object, object] = {}
    for file in files:
        document = read_document(file, problems, reader, locked)
        if document is None or document.value is None:
            continue
        if not isinstance(document.value, dict):
            place = document.place(document.root)
            problems.append(Problem("a file of variables maps names to values", "write `name: value`", place))
            continue
        structure.sources.append(Source(document, document.value))
        merged = {**merged, **document.value} if merged else document.value
    return merged


def _in_order(problems: list[Problem]) -> list[Problem]:
    """By place; the same problem of many nodes once."""

    def key(problem: Problem) -> tuple[str, int, int]:
        place = problem.place or Place("")
        return place.file, place.line or 0, place.column or 0

    return sorted(merged(problems), key=key)
