"""Aligned columns without borders, as kubectl prints them; on a terminal a row that is too long is folded at words, and if
that is not enough its last columns go on below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from textwrap import wrap

from podwright.reports.colour import style
from podwright.text import printable

_GAP = "   "
_BELOW = "    "
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
    columns = list(zip(*cells, strict=True))
    blocks = _blocks(columns, width)
    widths = [_fitted(columns[part], width and width - len(below)) for part, below in blocks]
    for number, row in enumerate(cells):
        for (part, below), at_most in zip(blocks, widths, strict=True):
            folded = [folded_lines(cell, most) for cell, most in zip(row[part], at_most, strict=True)]
            for line in zip_longest(*folded, fillvalue=""):
                yield _line(line, at_most, below, heading=number == 0)


def _blocks(columns: Sequence[Sequence[str]], room: int | None) -> list[tuple[slice, str]]:
    """Which columns stand side by side, and what stands before them: more than one block only if no folding is enough."""
    ends, used = [0], -len(_GAP)
    for at, column in enumerate(columns):
        used += len(_GAP) + _least(column)
        if room is not None and used > room and at > ends[-1]:
            ends.append(at)
            used = len(_BELOW) + _least(column)
    return [
        (slice(begin, end), _BELOW if begin else "")
        for begin, end in zip(ends, [*ends[1:], len(columns)], strict=True)
    ]


def _least(column: Sequence[str]) -> int:
    return max(len(word) for cell in column for word in (cell.split() or [""]))


def folded_lines(text: str, width: int | None, indent: int = 0) -> list[str]:
    """The lines of a text, none longer than `width` unless a word is: words are never cut. What goes on is indented."""
    lines = text.splitlines() or [""]
    if width is None:
        return lines
    return [
        part
        for line in lines
        for part in (
            [line]
            if len(line) <= width
            else wrap(
                line,
                max(width, 1),
                subsequent_indent=" " * indent,
                break_long_words=False,
                break_on_hyphens=False,
            )
        )
    ]


def _fitted(columns: Sequence[Sequence[str]], room: int | None) -> list[int]:
    """How wide each column is: the widest give way first, none below its longest word."""
    widths = [max(map(len, column)) for column in columns]
    if room is None:
        return widths
    least = [_least(column) for column in columns]
    while sum(widths) + len(_GAP) * (len(widths) - 1) > room:
        wide = [at for at, width in enumerate(widths) if width > least[at]]
        if not wide:
            break
        widths[max(wide, key=widths.__getitem__)] -= 1
    return widths


def _line(cells: Sequence[str], widths: Sequence[int], below: str, *, heading: bool) -> str:
    last = len(cells) - 1
    padded = [cell if at == last else cell.ljust(widths[at]) for at, cell in enumerate(cells)]
    if heading:
        return style(f"{below}{_GAP.join(padded)}".rstrip(), bold=True)
    shown = (style(cell, fg=_COLOURS[cell.strip()]) if cell.strip() in _COLOURS else cell for cell in padded)
    return f"{below}{_GAP.join(shown)}".rstrip()
