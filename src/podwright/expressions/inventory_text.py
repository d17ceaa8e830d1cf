"""Text of the inventory: an expression knows where it is written, and a literal is never one.

Imports no jinja2, so that an inventory without expressions costs none.
"""

from __future__ import annotations

import re
from dataclasses import replace

from podwright.expressions.encrypted_values import Sealed
from podwright.problem import Place

_TAG = re.compile(r"\{[{%#]")


class Literal(str):
    """Text under `!unsafe`: braces in it are braces, not a template."""

    __slots__ = ()


class PlacedText(str):
    """Text that holds an expression, and where its first line is written."""

    __slots__ = ("as_written", "place")

    place: Place
    as_written: bool

    @classmethod
    def at(cls, text: str, place: Place, *, as_written: bool = True) -> PlacedText:
        """`place` is that of its first character; its lines stand there `as_written`, or folded into others."""
        placed = cls(text)
        placed.place = place
        placed.as_written = as_written
        return placed


def is_expression(value: object) -> bool:
    """Whether a value is text that has to be evaluated, or sealed and so unknown until it is opened."""
    if isinstance(value, str):
        return "{" in value and bool(_TAG.search(value)) and type(value) is not Literal
    return isinstance(value, Sealed)


def place_in(text: str, line: int, column: int = 1) -> Place | None:
    """Where a line and column (from 1) of `text` are written."""
    if not isinstance(text, PlacedText):
        return None
    start = text.place
    if start.line is None or start.column is None or not text.as_written:
        return start
    return replace(start, line=start.line + line - 1, column=start.column + column - 1)
