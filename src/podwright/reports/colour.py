"""Colour and weight for words on a terminal, unless NO_COLOR (https://no-color.org) or TERM=dumb asks for plain text."""

from __future__ import annotations

import os

import click

_COLOURS = {
    "unchanged": "green",
    "changed": "yellow",
    "pending": "yellow",
    "create": "green",
    "update": "yellow",
    "delete": "red",
    "conflict": "red",
    "refused": "red",
    "failed": "red",
    "unreachable": "red",
    "not-begun": "yellow",
}


def plain() -> bool:
    """Whether a person wants no colours, or has a terminal that knows none."""
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


def style(text: str, *, fg: str | None = None, bold: bool | None = None) -> str:
    """`text` as click styles it; click itself takes the codes out again if the stream is not a terminal."""
    return text if plain() else click.style(text, fg=fg, bold=bold)


def coloured(cell: str) -> str:
    """A status or an action in its colour; any other text as it is."""
    word = cell.strip()
    return style(cell, fg=_COLOURS[word]) if word in _COLOURS else cell
