"""A page as one HTML file that needs nothing else: no network, no fonts, and readable without its script.

Whatever comes from a node, the API or the inventory passes `shown`: secrets hidden, control characters as escapes, then
HTML escaped. It only ever becomes text of an element, never a script, a style or a link's target; the policy in the head
allows the page's own style and script by their digests and nothing else.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files

from podwright.reports.html_cards import Cards, card_html
from podwright.reports.page import NODE, Cell, Page, Row, State
from podwright.text import counted, printable

#: states that have a box only if something is in them
SELDOM = (State.HELD, State.WAIVED)
#: a page of more nodes begins with those that have a problem
MOST_ROWS = 150
#: of more manifests, columns are narrow
MOST_WIDE_COLUMNS = 8
#: this many cards are open from the start
MOST_OPEN = 5

Shown = Callable[[str], str]


def page_html(page: Page, hide: Callable[[str], str]) -> str:
    """The whole file; `hide` takes secrets out of a text."""
    shown: Shown = cache(lambda text: escape(printable(hide(text))))
    cards = Cards(page)
    return "".join(
        (
            *_head(page, shown),
            *_verdict(page, shown),
            *_filters(page),
            *_matrix(page, cards, shown),
            *_cards(page, cards, shown),
            f"<dialog aria-labelledby=opened></dialog>\n<script>{_part('page.js')}</script>\n</body></html>\n",
        )
    )


@cache
def _part(name: str) -> str:
    return files("podwright.reports").joinpath(name).read_text("utf-8")


def _allowed(part: str) -> str:
    digest = base64.b64encode(sha256(_part(part).encode()).digest()).decode("ascii")
    return f"'sha256-{digest}'"


def _head(page: Page, shown: Shown) -> Iterator[str]:
    policy = (
        f"default-src 'none'; style-src {_allowed('page.css')}; script-src {_allowed('page.js')};"
        " base-uri 'none'; form-action 'none'"
    )
    yield "<!doctype html>\n<html lang=en><head><meta charset=utf-8>\n"
    yield f'<meta http-equiv=Content-Security-Policy content="{policy}">\n'
    yield "<meta name=referrer content=no-referrer>\n"
    yield '<meta name=viewport content="width=device-width, initial-scale=1">\n'
    yield '<meta name=color-scheme content="light dark">\n'
    yield f"<title>{page.state.value.shape} {shown(page.verdict)} · {shown(page.title)}</title>\n"
    yield f"<style>{_part('page.css')}</style></head>\n<body>\n"


def _verdict(page: Page, shown: Shown) -> Iterator[str]:
    look = page.state.value
    yield f"<header class={look.css}><span class=shape aria-hidden=true>{look.shape}</span>"
    yield f"<div><p class=word>{page.wording.states[page.state]}</p><h1>{shown(page.verdict)}</h1><dl>"
    for name, value in (*page.facts, *(("note", note) for note in page.notes)):
        yield f"<div><dt>{shown(name)}<dd>{shown(value)}</div>"
    yield "</dl></div></header>\n"


def _filters(page: Page) -> Iterator[str]:
    """They work without a script: the style hides rows by them."""
    rows = Counter(row.state for row in page.rows)
    few = len(page.rows) <= MOST_ROWS or page.state is State.WELL
    yield "<main>\n<form class=filters><fieldset><legend>Show nodes whose worst is</legend>"
    there = {cell.state for row in page.rows for cell in row.cells.values()}
    for state in State:
        if state in SELDOM and state not in there:
            continue
        checked = " checked" if few or state is not State.WELL else ""
        look = state.value
        tone = look.css if rows[state] else f"'{look.css} nobody'"
        yield (
            f"<label class={tone}><input type=checkbox id=show-{look.css} autocomplete=off{checked}>"
            f"<span>{look.shape} {page.wording.states[state]}</span> <b>{counted(rows[state], 'node')}</b></label>"
        )
    yield "</fieldset><div class=scripted hidden>"
    found = f"node, {page.wording.columns} or kind"
    yield f"<label>Search <input type=search id=search autocomplete=off placeholder='{found}'></label>"
    yield "<button type=button id=problems>Only problems</button></div><output id=count></output></form>\n"


def _matrix(page: Page, cards: Cards, shown: Shown) -> Iterator[str]:
    columns = sorted(dict.fromkeys(name for row in page.rows for name in row.cells), key=bool)
    narrow = " narrow" if len(columns) > MOST_WIDE_COLUMNS else ""
    yield f"<div class='matrix{narrow}' role=region aria-label='Nodes by {page.wording.columns}s' tabindex=0><table>\n"
    yield f"<caption>{counted(len(page.rows), 'node')}, those with problems first</caption>\n"
    yield "<thead><tr><th scope=col>node<small></small>"
    for name in columns:
        found = Counter(row.cells[name].state for row in page.rows if name in row.cells)
        counts = (
            f"<span class={state.value.css}>{state.value.shape} {found[state]}</span>"
            for state in State
            if found[state] and state is not State.WELL
        )
        yield f"<th scope=col>{shown(name.removesuffix('.yaml')) or 'the node itself'}<small>{' '.join(counts)}</small>"
    yield "</thead>\n<tbody>\n"
    for row in sorted(page.rows, key=lambda row: row.state.rank):
        yield f"<tr class={row.state.value.css}><th scope=row>{shown(row.node)}"
        for name in columns:
            yield _cell(row.cells.get(name, _blind(row)), cards, shown)
        yield "\n"
    yield "</tbody></table></div>\n"


def _blind(row: Row) -> Cell | None:
    """What stands for a manifest of a node that could not be observed: nothing is known of it."""
    return row.cells.get(NODE) if row.blind else None


def _cell(cell: Cell | None, cards: Cards, shown: Shown) -> str:
    if cell is None:
        return "<td class=none>·"
    look, link = cell.state.value, cards.link(cell)
    words = f"{look.shape} {shown(cell.words)}"
    if cell.state is State.WELL:
        return f"<td class=well data-card={link}>{words}"
    return f"<td class={look.css}><a href=#{link}>{words}</a>"


def _cards(page: Page, cards: Cards, shown: Shown) -> Iterator[str]:
    yield "<section class=cards aria-labelledby=details><h2 id=details>Details</h2>\n"
    for number, group in enumerate(cards.groups):
        opened = number < MOST_OPEN and group.state is not State.WELL
        yield from card_html(group, page, shown, opened=opened)
    yield "</section></main>\n"
