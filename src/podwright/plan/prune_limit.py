"""Whether a run would remove more than anybody is likely to mean."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from podwright.inventory.counts_and_percentages import Amount
from podwright.plan.reasons import Check, Reason, because

#: the default of a run
DEFAULT_LIMIT = Amount(10, percent=True)


class Pruning(Struct, frozen=True):
    """One node: how many of our files it has, how many of these are pruned, and how many there are afterwards."""

    node: str
    held: int
    pruned: int
    left: int


def prunes_too_much(nodes: Iterable[Pruning], limit: Amount | None) -> Reason[Check] | None:
    """Why a run must not prune as much as it would; only a `limit` that was given counts."""
    nodes = tuple(nodes)
    count, total = sum(node.pruned for node in nodes), sum(node.held for node in nodes)
    most = limit or DEFAULT_LIMIT
    emptied = tuple(node.node for node in nodes if node.pruned and not node.left)
    if emptied and limit is None:
        return because(Check.PRUNE_EMPTIES, nodes=emptied, count=str(count))
    if not _allows(most, count, total):
        return because(Check.PRUNES_TOO_MUCH, count=str(count), total=str(total), most=str(most))
    return None


def _allows(most: Amount, count: int, total: int) -> bool:
    return count * 100 <= most.number * total if most.percent else count <= most.number
