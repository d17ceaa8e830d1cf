"""Variables below and above all of an inventory's: a role's `defaults/` and `vars/`, and what `-e` gives."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from msgspec import Struct

from podwright.expressions.inventory_text import PlacedText, is_expression
from podwright.inventory.file_reader import FileReader
from podwright.inventory.files import VariableFolder
from podwright.inventory.structure import Source, Structure
from podwright.inventory.yaml_document import Document, parse_document, read_document
from podwright.inventory.yaml_nodes import DocumentError
from podwright.lazy_pattern import lazy_pattern
from podwright.problem import Place, Problem

Variables = dict[object, object]

_OPTION = "-e"
_WRITE = "write `-e name=value`, `-e '{name: value}'` or `-e @FILE`"
_PARTS = lazy_pattern(r"""(?:\{\{.*?\}\}|\{%.*?%\}|'[^']*'|"(?:\\.|[^"\\])*"|[^\s'"])+|['"].*""", re.DOTALL)
_ESCAPE = lazy_pattern(r"""\\(?:U[0-9A-Fa-f]{8}|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[0-7]{1,3}|[\\'"abfnrtv])""")


class Around(Struct, frozen=True):
    """The folder of a role, if there is one, and the values of `-e`."""

    role: Path | None = None
    extra: tuple[str, ...] = ()


class Outer(Struct, frozen=True):
    """What every variable of the inventory wins over, and what wins over it; `extra` over all else."""

    below: Variables
    above: Variables
    extra: dict[str, object]


def read_outer(around: Around, structure: Structure, reader: FileReader) -> Outer:
    """Return a role's variables and those of each `-e`; what is wrong goes to the structure's problems."""
    reading = _Reading(structure, reader)
    below = reading.files(around.role / "defaults", -1) if around.role else {}
    above = reading.files(around.role / "vars", 1) if around.role else {}
    given: Variables = {}
    for text in around.extra:
        given |= reading.option(text)
    return Outer(below, above | given, {str(name): value for name, value in given.items()})


class _Reading:
    def __init__(self, structure: Structure, reader: FileReader) -> None:
        self._structure = structure
        self._reader = reader

    def files(self, folder: Path, outer: int) -> Variables:
        merged: Variables = {}
        for file in VariableFolder(folder).files("main"):
            merged |= self._file(file, outer)
        return merged

    def option(self, text: str) -> Variables:
        if text.startswith("@"):
            path = Path(text[1:]).expanduser()
            if not path.is_file():
                self._wrong(f"there is no file `{path}`")
                return {}
            return self._file(path)
        if text.lstrip().startswith(("{", "[")):
            try:
                return self._mapping(
                    parse_document(_OPTION, text, self._structure.problems, self._reader.tags)
                )
            except DocumentError as error:
                self._structure.problems.append(error.problem)
                return {}
        return self._pairs(text)

    def _file(self, path: Path, outer: int = 1) -> Variables:
        document = read_document(path, self._structure.problems, self._reader)
        return self._mapping(document, outer) if document is not None else {}

    def _mapping(self, document: Document, outer: int = 1) -> Variables:
        if document.value is None:
            return {}
        if not isinstance(document.value, dict):
            place = document.place(document.root)
            self._structure.problem(
                "variables are a mapping of names to values", "write `name: value`", place
            )
            return {}
        self._structure.sources.append(Source(document, document.value, outer=outer))
        return document.value

    def _pairs(self, text: str) -> Variables:
        """`name=value` with quotes as in a shell; values are text, as in Ansible."""
        found: Variables = {}
        for part in _PARTS.findall(text):
            name, equals, value = part.partition("=")
            if not equals or not name.isidentifier():
                # no part of it is shown: it may be a password
                self._wrong("something is not `name=value`")
            else:
                found[name] = _text(value)
        self._structure.sources.append(Source(Document(_OPTION, found), found, outer=1))
        return found

    def _wrong(self, message: str) -> None:
        self._structure.problems.append(Problem(message, _WRITE, Place(_OPTION)))


def _text(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        value = value[1:-1]
    value = _ESCAPE.sub(lambda escape: codecs.decode(escape[0], "unicode_escape"), value)
    return PlacedText.at(value, Place(_OPTION)) if is_expression(value) else value
