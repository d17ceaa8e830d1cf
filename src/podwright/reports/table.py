"""Aligned columns without borders, as kubectl prints them; on a terminal a row that is too long is folded at words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from textwrap import wrap

from podwright.reports.colour import style
from podwright.text import printable

_GAP = "   "
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


def table(header: Sequence[str], rows: Iterable[Sequence[str]], *, width: int | None = None) -> Iterator[str]:
    """The lines of a table, at most `width` columns wide if its longest words allow it."""
    cells = [tuple(printable(cell).replace("\n", " ") for cell in row) for row in (header, *rows)]
    widths = _fitted(cells, width)
    for number, row in enumerate(cells):
        folded = [folded_lines(cell, at_most) for cell, at_most in zip(row, widths, strict=True)]
        for line in zip_longest(*folded, fillvalue=""):
            yield _line(line, widths, heading=number == 0)


def folded_lines(text: str, width: int | None) -> list[str]:
    """The lines of a text, none longer than `width` unless a word is: words are never cut."""
    lines = text.splitlines() or [""]
    if width is None:
        return lines
    return [
        part
        for line in lines
        for part in (
            [line]
            if len(line) <= width
            else wrap(line, max(width, 1), break_long_words=False, break_on_hyphens=False)
        )
    ]


def _fitted(rows: Sequence[Sequence[str]], room: int | None) -> list[int]:
    """How wide each column is: the widest give way first, none below its longest word."""
    columns = list(zip(*rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    if room is None:
        return widths
    least = [max(len(word) for cell in column for word in (cell.split() or [""])) for column in columns]
    while sum(widths) + len(_GAP) * (len(widths) - 1) > room:
        wide = [at for at, width in enumerate(widths) if width > least[at]]
        if not wide:
            break
        widths[max(wide, key=widths.__getitem__)] -= 1
    return widths


def _line(cells: Sequence[str], widths: Sequence[int], *, heading: bool) -> str:
    last = len(cells) - 1
    padded = [cell if at == last else cell.ljust(widths[at]) for at, cell in enumerate(cells)]
    if heading:
        return style(_GAP.join(padded).rstrip(), bold=True)
    return _GAP.join(
        style(cell, fg=_COLOURS[cell.strip()]) if cell.strip() in _COLOURS else cell for cell in padded
    ).rstrip()
