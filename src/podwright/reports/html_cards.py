"""The cards of an HTML page: what a cell opens. Cells that say the same, but for names and addresses, share one."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from msgspec import Struct, field

from podwright.reports.diffs import changed_words
from podwright.reports.grouping import without_particulars
from podwright.reports.page import NODE, Card, Cell, Item, Page, State, for_shell
from podwright.text import abbreviated, counted

_LINES = {"+": "ins", "-": "del"}
#: of a diff; the rest is left to `manifest diff`
MOST_LINES = 400

Shown = Callable[[str], str]


class Group(Struct):
    """Cells of one card; it is the first node's."""

    state: State
    card: Card
    columns: dict[str, None] = field(default_factory=dict)
    nodes: list[str] = field(default_factory=list)
    link: str = ""


class Cards:
    """A page's cards, the worst and most frequent first."""

    def __init__(self, page: Page) -> None:
        self._of: dict[int, Group] = {}
        #: what a diff changes; several nodes may have the first one's
        words: dict[str, str] = {}
        found: dict[tuple[str, ...], Group] = {}
        #: by the very text, which may name all the nodes that have it
        equal: dict[tuple[str, ...], Group] = {}
        for row in page.rows:
            for name, cell in row.cells.items():
                # what is in sync is so in every file alike
                column = "" if cell.state is State.WELL else name
                diff = cell.card.diff
                if diff not in words:
                    words[diff] = changed_words(row.node, diff)
                text = _text(cell.card)
                key = (cell.words, column, text, words[diff])
                if key not in equal:
                    alike = (cell.words, column, without_particulars(row.node, text), words[diff])
                    equal[key] = found.setdefault(alike, Group(cell.state, cell.card))
                group = equal[key]
                group.nodes.append(row.node)
                if name != NODE:
                    group.columns[name.removesuffix(".yaml")] = None
                self._of[id(cell)] = group
        self.groups = sorted(found.values(), key=lambda one: (one.state.rank, -len(one.nodes)))
        for number, group in enumerate(self.groups):
            group.link = f"card-{number}"

    def link(self, cell: Cell) -> str:
        return self._of[id(cell)].link


def _text(card: Card) -> str:
    lines = [
        *(f"{item.kind} {item.subject} {item.detail} {item.hint} {item.since}" for item in card.items),
        *(" ".join(one) for one in card.evidence if one[1]),
    ]
    return "\n".join(lines)


def card_html(group: Group, page: Page, shown: Shown, *, opened: bool) -> Iterator[str]:
    look, card = group.state.value, group.card
    names = list(dict.fromkeys(group.nodes))
    kinds = ", ".join(dict.fromkeys(item.kind for item in card.items)) or page.wording.states[group.state]
    columns = tuple(group.columns)
    what = counted(len(columns), page.wording.columns) if len(columns) > 3 else ", ".join(columns)
    about = f"{what} on " if what else ""
    yield f"<details class={look.css} id={group.link}{' open' if opened else ''}><summary>"
    yield f"<b>{look.shape} {shown(kinds)}</b> <span>{shown(f'{about}{abbreviated(names)}')}</span></summary>\n<div>"
    for alike in _alike(card.items):
        yield from _items(alike, names if len(names) < len(page.rows) else [], shown)
    if card.evidence:
        headings = "".join(f"<th scope=col>{heading}" for heading in page.wording.evidence)
        yield f"<table class=evidence><thead><tr>{headings}</thead><tbody>"
        for source, result, detail in card.evidence:
            of = f" on {names[0]}" if not result and len(names) > 1 else ""
            yield f"<tr><th scope=row>{shown(source + of)}<td>{shown(result)}<td>{shown(detail) or '·'}"
        yield "</tbody></table>"
    if card.diff:
        yield from _diff(card.diff, names, shown)
    if len(names) > 3 and group.state is not State.WELL:
        yield f"<details class=nodes><summary>{counted(len(names), 'node')}</summary>"
        yield f"<p>{', '.join(map(shown, names))}</p></details>"
    yield "</div></details>\n"


def _alike(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Items of one kind that have the same to be said about them."""
    for _, alike in groupby(items, lambda item: (item.state, item.kind, item.hint, item.since, item.on_node)):
        yield list(alike)


def _items(items: list[Item], names: list[str], shown: Shown) -> Iterator[str]:
    """What is found, then what it means and what to do: once, if that is the same for all."""
    first = items[0]
    for item in items:
        look = item.state.value
        subject = f"<code>{shown(item.subject)}</code>: " if item.subject else ""
        yield f"<p class={look.css}><b>{look.shape} {shown(item.kind)}</b> {subject}{shown(item.detail)}</p>"
    for text in filter(None, (first.since, first.hint)):
        yield f"<p class=hint>{shown(text)}</p>"
    for remedy in dict.fromkeys(command(item, names) for item in items if item.remedy):
        where = "Run on the node" if first.on_node else "Run"
        yield f"<p class=remedy><span>{where}</span><code class=copy>{shown(remedy)}</code></p>"


def command(item: Item, names: list[str]) -> str:
    """The remedy for a shell; without names, for every node."""
    if item.on_node:
        return shlex.join(item.remedy)
    return for_shell(item.remedy, ",".join(names))


def _diff(text: str, names: list[str], shown: Shown) -> Iterator[str]:
    alike = " The others differ in names, addresses and digests at most." if len(names) > 1 else ""
    yield f"<p class=hint>What a push would change on {shown(names[0])}.{alike}</p>"
    lines = text.splitlines()
    yield "<pre class=diff tabindex=0>"
    for line in lines[:MOST_LINES]:
        tag = "b" if line.startswith(("--- ", "+++ ", "@@")) else _LINES.get(line[:1])
        yield f"<{tag}>{shown(line)}</{tag}>\n" if tag else f"{shown(line)}\n"
    if len(lines) > MOST_LINES:
        yield f"… {len(lines) - MOST_LINES} more lines: podwright manifest diff\n"
    yield "</pre>"
