"""Finds the files of an inventory, and those with the variables of its groups and nodes, as Ansible does."""

from __future__ import annotations

from pathlib import Path

from podwright.errors import UsageError
from podwright.problem import Place, Problem

#: Ansible `INVENTORY_IGNORE_EXTS`: in a folder these are never inventories.
_IGNORED_ENDINGS = (
    ".pyc", ".pyo", ".swp", ".bak", "~", ".rpm", ".md", ".txt", ".rst", ".orig", ".cfg", ".retry",
)  # fmt: skip
VARIABLE_FOLDERS = ("group_vars", "host_vars")
_IGNORED_NAMES = frozenset({*VARIABLE_FOLDERS, "vars_plugins"})
YAML_SUFFIXES = ("", ".yml", ".yaml", ".json")
_SOPS_SUFFIXES = (".sops.yaml", ".sops.yml", ".sops.json")
MAX_FOLDER_DEPTH = 16


def inventory_files(path: Path, problems: list[Problem]) -> tuple[Path, ...]:
    """Return the files of the inventory at `path`, a file or a folder, in the order Ansible reads them.

    What cannot be read as a file goes to `problems`. Raises UsageError when there is no `path`.
    """
    if not path.exists():
        raise UsageError(
            f"no inventory at `{path}`",
            "name one with `-i PATH` or PODWRIGHT_INVENTORY: a file or a folder as Ansible reads it, or `host1,host2,`",
        )
    files = _folder(path, 0) if path.is_dir() else [path]
    return tuple(file for file in files if _is_file(file, problems))


def _folder(folder: Path, depth: int) -> list[Path]:
    found: list[Path] = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name.encode("utf-8", "surrogateescape")):
        if (
            entry.name.startswith(".")
            or entry.name in _IGNORED_NAMES
            or entry.name.endswith(_IGNORED_ENDINGS)
        ):
            continue
        if not entry.is_dir():
            found.append(entry)
        elif depth < MAX_FOLDER_DEPTH:
            found.extend(_folder(entry, depth + 1))
    return found


def _is_file(file: Path, problems: list[Problem]) -> bool:
    if not file.is_file():
        problems.append(Problem("this is not a plain file", "", Place(str(file))))
        return False
    return True


class VariableFolder:
    """A `group_vars` or `host_vars` folder, listed once: most names of a large inventory have no file in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            self._names = {entry.name for entry in folder.iterdir()} if folder.is_dir() else set()
        except OSError:
            self._names = set()

    def files(self, name: str) -> tuple[Path, ...]:
        """Return the files with the variables of `name`, later ones winning.

        The first of `name`, `name.yml`, `name.yaml` and `name.json` that exists counts; a folder counts with all
        its files (Ansible `DataLoader.find_vars_files`). What is named as SOPS's is read after them (Ansible
        `community.sops`).
        """
        plain: tuple[Path, ...] = ()
        for suffix in YAML_SUFFIXES:
            if name + suffix in self._names:
                path = self._folder / (name + suffix)
                plain = tuple(_variable_files(path, 0)) if path.is_dir() else (path,)
                break
        named_sops = (name + suffix for suffix in _SOPS_SUFFIXES if name + suffix in self._names)
        return (*plain, *(self._folder / file for file in named_sops))


def _variable_files(folder: Path, depth: int) -> list[Path]:
    found: list[Path] = []
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(".") or entry.name.endswith("~"):
            continue
        if entry.is_dir():
            if not entry.suffix and depth < MAX_FOLDER_DEPTH:
                found.extend(_variable_files(entry, depth + 1))
        elif entry.suffix in YAML_SUFFIXES:
            found.append(entry)
    return found
