"""What an HTML report shows, whichever command made it: nodes by manifests or checks, and a card for each cell."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import NamedTuple

from msgspec import Struct

from podwright.problem import Problem

#: the column of what concerns a node as a whole
NODE = ""


class _Look(NamedTuple):
    css: str
    shape: str
    word: str


class State(Enum):
    """How a cell, a row or the whole report stands, the worst first; each has a shape and a word, for who sees no colour."""

    CRITICAL = _Look("critical", "✖", "critical")
    DRIFT = _Look("drift", "▲", "drift")
    UNKNOWN = _Look("unknown", "?", "unknown")
    EXCUSED = _Look("excused", "◌", "excused")
    HELD = _Look("held", "‖", "held")
    WAIVED = _Look("waived", "~", "waived")
    WELL = _Look("well", "✓", "in sync")

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS = {state: rank for rank, state in enumerate(State)}


def worst(states: Iterable[State]) -> State:
    return min(set(states), key=_RANKS.__getitem__, default=State.WELL)


class Item(Struct, frozen=True):
    """One thing to know of a cell. `remedy` is a command without its `--limit`; if `on_node`, one for the node's shell.

    `since` says in words since when it is so.
    """

    state: State
    kind: str
    subject: str
    detail: str
    hint: str = ""
    remedy: tuple[str, ...] = ()
    on_node: bool = False
    since: str = ""


def for_shell(command: tuple[str, ...], nodes: str) -> str:
    """A command of podwright; what it shows of the inventory is not narrowed to nodes, of which it may know nothing."""
    limit = ("--limit", nodes) if nodes and command[0] != "inventory" else ()
    return shlex.join(("podwright", *command, *limit))


def unchecked_item(
    problem: Problem, kind: str = "not-checked", command: tuple[str, ...] = ("drift", "check")
) -> Item:
    """Why something of a node could not be seen; `command` looks again."""
    return Item(State.UNKNOWN, kind, "", problem.message, problem.hint, command)


class Card(Struct, frozen=True):
    """What a click on a cell opens; the columns of `evidence` are the page's. A row without a result is the node's own, and
    cells that differ in it alone share a card."""

    items: tuple[Item, ...] = ()
    evidence: tuple[tuple[str, str, str], ...] = ()
    diff: str = ""


class Cell(Struct, frozen=True):
    """One manifest or check on one node, or what concerns the node as a whole."""

    state: State
    words: str
    card: Card


class Row(Struct, frozen=True):
    """One node by the columns and NODE. What has no cell is not meant for the node, unless
    it is `blind`: nothing could be observed of it.
    """

    node: str
    cells: Mapping[str, Cell]
    blind: bool = False

    @property
    def state(self) -> State:
        return worst(cell.state for cell in self.cells.values())


class Wording(Struct, frozen=True):
    """What a page calls its columns, its states, and the columns of a card's evidence."""

    columns: str
    evidence: tuple[str, str, str]
    states: Mapping[State, str]


_OF_MANIFESTS = Wording(
    "manifest", ("source", "agrees", "detail"), {state: state.value.word for state in State}
)


class Page(Struct, frozen=True):
    """The whole report: `verdict` is its first line, `facts` say what was checked, when and how."""

    title: str
    verdict: str
    facts: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    wording: Wording = _OF_MANIFESTS

    @property
    def state(self) -> State:
        return worst(row.state for row in self.rows)
