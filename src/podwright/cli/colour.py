"""Colour and weight for words on a terminal, unless NO_COLOR (https://no-color.org) asks for plain text."""

from __future__ import annotations

import os

import click


def style(text: str, *, fg: str | None = None, bold: bool | None = None) -> str:
    """`text` as click styles it; click itself takes the codes out again where nobody sees them."""
    return text if os.environ.get("NO_COLOR") else click.style(text, fg=fg, bold=bold)
