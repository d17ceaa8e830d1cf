"""The names in an inventory, for who presses Tab: quick, and it runs no program, asks nobody and reports nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from podwright.inventory.file_reader import FileReader
from podwright.inventory.files import inventory_files
from podwright.inventory.node import StaticPod
from podwright.inventory.sources import kubernetes
from podwright.inventory.sources.read import Sources
from podwright.inventory.sources.script import is_program
from podwright.inventory.structure import Structure
from podwright.inventory.variable_files import read_variable_files
from podwright.inventory.variables import STATIC_PODS


def hosts_and_groups(paths: Iterable[Path]) -> set[str]:
    """Raises UsageError when there is no inventory."""
    structure = _structure(paths)
    return {*structure.hosts, *structure.groups}


def static_pods(paths: tuple[Path, ...]) -> set[str]:
    """Names of templates, and of their instances, that some node runs or must not run.

    Raises UsageError when there is no inventory.
    """
    structure = _structure(paths)
    folders = {path if path.is_dir() else path.parent for path in paths}
    read_variable_files(folders, structure, FileReader(_only_with_pods))
    values = (source.variables.get(STATIC_PODS) for source in structure.sources)
    return {name for value in values for name in _names(value)}


def _structure(paths: Iterable[Path]) -> Structure:
    sources = Sources()
    for path in paths:
        if path.exists():
            for file in inventory_files(path, []):
                if not is_program(file):
                    sources.read(file)
        elif str(path) != kubernetes.NAME:
            sources.read(path)
    return sources.structure


def _only_with_pods(_: Path, content: bytes) -> bytes:
    """Most files name no pod, and need no parsing."""
    return content if STATIC_PODS.encode() in content else b""


def _names(value: object) -> Iterator[str]:
    for name in value if isinstance(value, dict | list) else ():
        if isinstance(name, str):
            yield name
            said = value.get(name) if isinstance(value, dict) else None
            instances = said.get("instances") if isinstance(said, dict) else None
            for one in instances if isinstance(instances, list) else ():
                if isinstance(one, dict):
                    yield StaticPod(name, instance=str(one.get("name", ""))).name
