"""Writes what was measured into docs/performance.md, between its markers, and draws docs/performance.svg."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from math import log10
from pathlib import Path

from benchmarks.results import Group, Row

DOCS = Path(__file__).resolve().parent.parent / "docs"
BEGIN, END = "<!-- measured: made by scripts/bench -->\n", "<!-- end of measured -->"
_COLOURS = {"podwright": "#2b6cb0", "floor": "#a0aec0"}
_BAR, _GAP, _LEFT, _WIDTH = 16, 34, 150, 760


def table(group: Group) -> str:
    """One setting as a Markdown table."""
    head = f"**{title(group)}**\n\n"
    head += "| tool | wall, ms a node | times the floor | podwright is faster by | CPU, ms a node | peak, MB | rounds |\n"
    head += "| --- | --: | --: | --: | --: | --: | --: |\n"
    return head + "".join(_line(row) for row in group.rows)


def title(group: Group) -> str:
    latency = f", {group.latency} ms of latency added" if group.latency else ""
    return f"{group.case}, {group.nodes} nodes{latency}"


def _line(row: Row) -> str:
    cells = (
        row.tool,
        f"{row.wall:.1f}",
        _ratio(row.times_floor),
        "" if row.tool in ("floor", "podwright") else _ratio(row.times),
        f"{row.cpu:.1f}",
        f"{row.peak_mb:.0f}" if row.peak_mb else "",
        str(row.rounds),
    )
    return f"| {' | '.join(cells)} |\n"


def _ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}" if value < 10 else f"{value:.1f}"


def write(groups: tuple[Group, ...], about: str) -> None:
    """Put the tables and the plot of `groups` into the documentation; `about` says on what they were measured."""
    page = DOCS / "performance.md"
    head, _, rest = page.read_text().partition(BEGIN)
    tables = "\n".join(table(group) for group in groups)
    page.write_text(
        f"{head}{BEGIN}\n{about}\n![wall time for each node](performance.svg)\n\n{tables}\n{END}{rest.partition(END)[2]}"
    )
    (DOCS / "performance.svg").write_text(plot(groups))


def plot(groups: Iterable[Group]) -> str:
    """Bars of wall time a node on a logarithmic scale, one block a setting, as SVG."""
    groups = tuple(groups)
    walls = [row.wall for group in groups for row in group.rows]
    low, high = 10 ** int(log10(min(walls))), max(walls)
    top, parts = 30, list[str]()
    for group in groups:
        parts.append(_text(10, top, title(group), "bold"))
        top += 10
        for row in group.rows:
            parts += _bar(row, top, low, high)
            top += _BAR + 4
        top += _GAP
    style = "<style>text{font:12px sans-serif;fill:#1a202c}.bold{font-weight:bold}</style>"
    size = f'width="{_WIDTH}" height="{top}" viewBox="0 0 {_WIDTH} {top}"'
    background = f'<rect width="{_WIDTH}" height="{top}" fill="#fff"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{style}{background}{"".join(parts)}</svg>\n'


def _bar(row: Row, top: int, low: float, high: float) -> Iterator[str]:
    room = _WIDTH - _LEFT - 90
    width = max(2, round(room * log10(row.wall / low) / max(log10(high / low), 0.1)))
    yield _text(10, top + 12, row.tool)
    colour = _COLOURS.get(row.tool, "#ed8936")
    yield f'<rect x="{_LEFT}" y="{top}" width="{width}" height="{_BAR}" fill="{colour}"/>'
    yield _text(_LEFT + width + 6, top + 12, f"{row.wall:.1f} ms")


def _text(x: int, y: int, text: str, kind: str = "") -> str:
    return f'<text x="{x}" y="{y}"{f" class={chr(34)}{kind}{chr(34)}" if kind else ""}>{escape(text)}</text>'
