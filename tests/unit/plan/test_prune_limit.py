"""How much of a run's pods a prune may take."""

from __future__ import annotations

import pytest

from podwright.inventory.counts_and_percentages import Amount
from podwright.plan.prune_limit import Pruning, prunes_too_much
from podwright.plan.reasons import Check
from podwright.plan.words import hint, message


@pytest.mark.parametrize(
    ("text", "expected"),
    [("3", Amount(3)), ("25%", Amount(25, percent=True)), ("-1", None), ("a", None), ("3 %", None)],
)
def test_a_limit_is_a_number_or_a_percentage(text, expected) -> None:
    assert Amount.read(text) == expected


@pytest.mark.parametrize(
    ("held", "pruned", "left", "limit", "expected"),
    [
        (10, 0, 10, None, None),
        (10, 1, 9, None, None),
        (10, 2, 8, None, Check.PRUNES_TOO_MUCH),
        (1, 1, 0, None, Check.PRUNE_EMPTIES),
        (1, 1, 0, "1", None),
        (10, 2, 8, "2", None),
        (10, 3, 7, "2", Check.PRUNES_TOO_MUCH),
        (10, 3, 7, "30%", None),
        (10, 3, 7, "29%", Check.PRUNES_TOO_MUCH),
        (10, 1, 9, "0", Check.PRUNES_TOO_MUCH),
    ],
)
def test_a_tenth_and_never_the_last_of_a_node_unless_a_limit_is_named(
    held, pruned, left, limit, expected
) -> None:
    found = prunes_too_much([Pruning("n1", held, pruned, left)], Amount.read(limit) if limit else None)
    assert (found.kind if found else None) == expected


def test_a_tenth_is_of_all_nodes_together() -> None:
    crowd = [Pruning(f"n{number}", 2, 0, 2) for number in range(9)]
    assert prunes_too_much([*crowd, Pruning("x", 2, 1, 1)], None) is None


def test_the_words_name_the_numbers_and_the_way_on() -> None:
    found = prunes_too_much([Pruning("n1", 4, 2, 2)], None)
    assert message(found) == "`--prune` would remove 2 of the 4 pods on these nodes, more than 10%"
    assert hint(found).endswith("`--prune-max 2` allows it")
