"""Text of the inventory: an expression knows where it is written, and a literal is never one.

Imports no jinja2, so that an inventory without expressions costs none.
"""

from __future__ import annotations

from dataclasses import replace

from podwright.expressions.sealed import Sealed
from podwright.problem import Place


class Literal(str):
    """Text under `!unsafe`: braces in it are braces, not a template."""

    __slots__ = ()


class PlacedText(str):
    """Text that holds an expression, and where its first line is written."""

    __slots__ = ("place",)

    place: Place

    @classmethod
    def at(cls, text: str, place: Place) -> PlacedText:
        placed = cls(text)
        placed.place = place
        return placed


def is_expression(value: object) -> bool:
    """Whether a value is text that has to be evaluated, or sealed and so unknown until it is opened."""
    if isinstance(value, str):
        return ("{{" in value or "{%" in value) and type(value) is not Literal
    return isinstance(value, Sealed)


def place_in(text: str, line: int | None) -> Place | None:
    """Where a line of `text` (from 1) is written."""
    if not isinstance(text, PlacedText):
        return None
    start = text.place
    if line in (None, 1) or start.line is None:
        return start
    return replace(start, line=start.line + (line or 1) - 1, column=None)
