"""Knows which line of which template each piece of a rendered text came from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from types import GeneratorType
from typing import Any

from msgspec import Struct

from podwright.problem import Place


class Piece(Struct, frozen=True):
    """One piece of output as a template yielded it; `file` and `line` are those of the expression or the text."""

    start: int
    file: str
    line: int
    text: str


class Origins:
    """Finds the place in a template for a place in what it rendered."""

    def __init__(self, pieces: tuple[Piece, ...], sources: Mapping[str, str]) -> None:
        self._pieces = pieces
        self._starts = [piece.start for piece in pieces]
        self._lines = {file: source.splitlines() for file, source in sources.items()}
        self._text = "".join(piece.text for piece in pieces)

    def place(self, line: int, column: int | None = None) -> Place | None:
        """Where the template says what stands at `line` and `column` (from 1) of the rendered text."""
        begin = _line_start(self._text, line)
        if begin is None:
            return None
        offset = begin + column - 1 if column else _first_mark(self._text, begin)
        index = bisect_right(self._starts, offset) - 1
        return self._place(self._pieces[index], offset, column) if index >= 0 else None

    def _place(self, piece: Piece, offset: int, column: int | None) -> Place:
        before = piece.text[: offset - piece.start]
        line = piece.line + before.count("\n")
        written = self._line(piece.file, line)
        shown = piece.text.splitlines()[before.count("\n")] if piece.text.strip() else ""
        if not shown or shown not in written:
            return Place(piece.file, piece.line)  # made by an expression
        if column is None:
            return Place(piece.file, line)
        inside = len(before) - (before.rfind("\n") + 1)
        return Place(piece.file, line, written.index(shown) + inside + 1)

    def _line(self, file: str, line: int) -> str:
        lines = self._lines.get(file, [])
        return lines[line - 1] if 0 < line <= len(lines) else ""


def _line_start(text: str, line: int) -> int | None:
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
        if start == 0:
            return None
    return start


def _first_mark(text: str, start: int) -> int:
    """The first character of a line that is not white space."""
    while start < len(text) - 1 and text[start] in " \t":
        start += 1
    return start


def position(stream: Iterator[str]) -> tuple[Any, int] | None:
    """The compiled template that yielded last, and the line of its code: the innermost of what includes what."""
    found = None
    inner: object = stream
    while isinstance(inner, GeneratorType) and inner.gi_frame is not None:
        frame = inner.gi_frame
        if "__jinja_template__" in frame.f_globals:
            found = frame.f_globals["__jinja_template__"], frame.f_lineno
        inner = inner.gi_yieldfrom or frame.f_locals.get("gen")
    return found
