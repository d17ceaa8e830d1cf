"""The clocks of nodes against each other."""

from __future__ import annotations

from collections.abc import Mapping

from podwright.plan.facts import Facts
from podwright.plan.unknown_fact import Unknown

#: of two nobody can tell which is wrong
FEWEST = 3


def from_median(facts: Mapping[str, Facts]) -> Mapping[str, float]:
    """Seconds that each node's clock is ahead of the median of all; nothing of one that is unknown, or of a few."""
    from statistics import median  # only several nodes need it

    offsets = {name: one.time.offset_seconds for name, one in facts.items()}
    told = {name: offset for name, offset in offsets.items() if not isinstance(offset, Unknown)}
    if len(told) < FEWEST:
        return {}
    middle = median(told.values())
    return {name: round(offset - middle, 2) for name, offset in told.items()}
