"""Whether a run would remove more than anybody is likely to mean."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from podwright.plan.reasons import Check, Reason, because

_WRITTEN = re.compile(r"([0-9]{1,9})(%?)")


@dataclass(frozen=True, slots=True)
class PruneLimit:
    """How many pods may be pruned in one run: so many, or so many in a hundred of those that the nodes have."""

    amount: int
    percent: bool = False

    @classmethod
    def read(cls, text: str) -> Self | None:
        """`3` or `25%`; None for other text."""
        match = _WRITTEN.fullmatch(text)
        return cls(int(match[1]), bool(match[2])) if match else None

    def allows(self, count: int, total: int) -> bool:
        return count * 100 <= self.amount * total if self.percent else count <= self.amount

    def __str__(self) -> str:
        return f"{self.amount}%" if self.percent else str(self.amount)


#: the default of a run
DEFAULT_LIMIT = PruneLimit(10, percent=True)


@dataclass(frozen=True, slots=True)
class Pruning:
    """One node: how many of our files it has, how many of these are pruned, and how many there are afterwards."""

    node: str
    held: int
    pruned: int
    left: int


def prunes_too_much(nodes: Iterable[Pruning], limit: PruneLimit | None) -> Reason[Check] | None:
    """Why a run must not prune as much as it would; only a `limit` that was given counts."""
    nodes = tuple(nodes)
    count, total = sum(node.pruned for node in nodes), sum(node.held for node in nodes)
    most = limit or DEFAULT_LIMIT
    emptied = tuple(node.node for node in nodes if node.pruned and not node.left)
    if emptied and limit is None:
        return because(Check.PRUNE_EMPTIES, nodes=emptied, count=str(count))
    if not most.allows(count, total):
        return because(Check.PRUNES_TOO_MUCH, count=str(count), total=str(total), most=str(most))
    return None
