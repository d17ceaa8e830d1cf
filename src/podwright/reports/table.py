"""Aligned columns without borders, as kubectl prints them; on a terminal that is too narrow, the longest texts are folded at
words first, and if that is not enough the last columns go below each row, each after its name. No word is ever cut."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from textwrap import wrap

from podwright.reports.colour import coloured, style
from podwright.text import printable

_GAP, _NARROW_GAP = "   ", "  "
_INDENT = "    "
#: stands for a space that is not to be folded at; no text that is shown has it
_NO_BREAK, _QUOTED = "\0", re.compile(r"`[^`]*`")
_NOTHING = ("", "-")
#: a text so short, such as a date with its time, is not folded
_SHORT = 20
#: of a column's cells, those whose words decide how wide it is at least: all if they fit
_SHARES = (1.0, 0.8, 0.6)


def table(header: Sequence[str], rows: Iterable[Sequence[str]], *, width: int | None = None) -> Iterator[str]:
    """The lines of a table, at most `width` columns wide if its words allow it."""
    cells = [tuple(printable(cell).replace("\n", " ") for cell in row) for row in (header, *rows)]
    columns = list(zip(*cells, strict=True))
    widest = [max(map(len, column)) for column in columns]
    if width is None or _together(widest, _GAP) <= width:
        for number, row in enumerate(cells):
            yield _line(row, widest, _GAP, heading=number == 0)
    else:
        yield from _narrow(columns, width)


def _narrow(columns: Sequence[Sequence[str]], room: int) -> Iterator[str]:
    """What says nothing of any row is left out, and texts are folded; then the last columns go below."""
    kept = [column for column in columns if not all(cell in _NOTHING for cell in column[1:])] or columns
    widths = _widths(kept, room)
    for number, row in enumerate(zip(*kept, strict=True)):
        yield from _row(row[: len(widths)], widths, heading=number == 0)
        if number:
            pairs = zip((column[0] for column in kept[len(widths) :]), row[len(widths) :], strict=True)
            yield from _below([pair for pair in pairs if pair[1] not in _NOTHING], room)


def _widths(columns: Sequence[Sequence[str]], room: int) -> list[int]:
    """How wide each of the columns is that stand side by side: as many as fit, one at least."""
    # a few rows with longer words must not narrow all others
    tried = ([_least(column, share) for column in columns] for share in _SHARES)
    least = max((_beside(least, room) for least in tried), key=len)
    return _fitted([max(map(len, column)) for column in columns[: len(least)]], least, room)


def _beside(least: list[int], room: int) -> list[int]:
    counts = range(len(least), 1, -1)
    return least[: next((count for count in counts if _together(least[:count], _NARROW_GAP) <= room), 1)]


def _together(widths: Sequence[int], gap: str) -> int:
    return sum(widths) + len(gap) * (len(widths) - 1)


def _least(column: Sequence[str], share: float) -> int:
    """What that share of a column's cells need, so that no word is cut and no short text folded."""
    header, *cells = column
    needed = sorted(
        max(min(len(cell), _SHORT), *map(len, (cell.split() or [""]))) for cell in cells or [header]
    )
    return max(len(header), needed[min(int(share * len(needed)), len(needed) - 1)])


def _fitted(widths: list[int], least: Sequence[int], room: int) -> list[int]:
    """The widest give way first, none below its least."""
    while _together(widths, _NARROW_GAP) > room:
        wide = [at for at, width in enumerate(widths) if width > least[at]]
        if not wide:
            break
        widths[max(wide, key=widths.__getitem__)] -= 1
    return widths


def _row(row: Sequence[str], widths: Sequence[int], *, heading: bool) -> Iterator[str]:
    """After a cell with a word that is longer than its column, the others stand on the next line."""
    begin, indent = 0, 0
    folded = [folded_lines(cell, width) for cell, width in zip(row, widths, strict=True)]
    for end in range(1, len(row) + 1):
        if end == len(row) or max(map(len, folded[end - 1])) > widths[end - 1]:
            for cells in zip_longest(*folded[begin:end], fillvalue=""):
                yield f"{' ' * indent}{_line(cells, widths[begin:end], _NARROW_GAP, heading=heading)}"
            indent += sum(width + len(_NARROW_GAP) for width in widths[begin:end])
            begin = end


def _below(pairs: Sequence[tuple[str, str]], room: int) -> Iterator[str]:
    """`NAME value` of each column that does not stand beside the others."""
    line, used = "", 0
    for name, cell in pairs:
        if line and used + len(_GAP) + len(name) + 1 + len(cell) > room:
            yield line
            line, used = "", 0
        if len(_INDENT) + len(name) + 1 + len(cell) > room:
            yield from (
                f"{_INDENT}{part}"
                for part in folded_lines(f"{name} {cell}", room - len(_INDENT), len(_INDENT))
            )
            continue
        before = _GAP if line else _INDENT
        line, used = f"{line}{before}{name} {coloured(cell)}", used + len(before) + len(name) + 1 + len(cell)
    if line:
        yield line


def folded_lines(text: str, width: int | None, indent: int = 0) -> list[str]:
    """The lines of a text, none longer than `width` unless a word is: words are never cut, and what stands in backticks
    stays on one line if it can, since it may be copied. What goes on is indented."""
    lines = text.splitlines() or [""]
    if width is None:
        return lines
    return [
        part.replace(_NO_BREAK, " ")
        for line in lines
        for part in (
            [line]
            if len(line) <= width
            else wrap(
                _QUOTED.sub(lambda quoted: _whole(quoted[0], width - indent), line),
                max(width, 1),
                subsequent_indent=" " * indent,
                break_long_words=False,
                break_on_hyphens=False,
            )
        )
    ]


def _whole(quoted: str, room: int) -> str:
    return quoted.replace(" ", _NO_BREAK) if len(quoted) <= room else quoted


def _line(cells: Sequence[str], widths: Sequence[int], gap: str, *, heading: bool) -> str:
    last = len(cells) - 1
    padded = [cell if at == last else cell.ljust(widths[at]) for at, cell in enumerate(cells)]
    if heading:
        return style(gap.join(padded).rstrip(), bold=True)
    return gap.join(map(coloured, padded)).rstrip()
