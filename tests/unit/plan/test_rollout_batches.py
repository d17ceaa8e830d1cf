"""Batches: every node once, no two of a control plane together, percentages rounded up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podwright.inventory.counts_and_percentages import Amount
from podwright.inventory.rollout_settings import Hook, Scope
from podwright.plan.rollout_batches import Rollout, batches_of

TEN = tuple(f"n{number}" for number in range(10))


def sizes(*texts: str) -> tuple[Amount, ...]:
    return tuple(Amount.read(text) for text in texts)


@pytest.mark.parametrize(
    ("rollout", "counts"),
    [
        (Rollout(), [10]),
        (Rollout(batches=sizes("1", "5", "20%")), [1, 5, 2, 2]),
        (Rollout(batches=sizes("30%")), [3, 3, 3, 1]),
        (Rollout(canary=("n7", "n2", "elsewhere")), [2, 8]),
        (Rollout(canary=("n7", "n2"), singly=("n7", "n2")), [1, 1, 8]),
        (Rollout(singly=("n0", "n1", "n2")), [8, 1, 1]),
        (Rollout(batches=sizes("4"), singly=("n0", "n1", "n2")), [4, 4, 2]),
        (Rollout(singly=TEN), [1] * 10),
    ],
)
def test_nodes_change_in_batches(rollout: Rollout, counts: list[int]) -> None:
    assert [len(batch) for batch in batches_of(TEN, rollout)] == counts


def test_a_canary_goes_first_and_the_others_in_the_order_of_the_inventory() -> None:
    assert batches_of(TEN[:4], Rollout(canary=("n2",))) == (("n2",), ("n0", "n1", "n3"))


def test_nodes_go_in_their_order_canaries_before_them() -> None:
    rollout = Rollout(batches=sizes("2"), order=("n3", "n2", "n1", "n0"), canary=("n1",))
    assert batches_of(TEN[:4], rollout) == (("n1",), ("n3", "n2"), ("n0",))


def test_nodes_with_sizes_of_their_own_are_no_more_at_a_time_than_these_say() -> None:
    own = dict.fromkeys(("n0", "n1"), sizes("1"))
    assert batches_of(TEN[:4], Rollout(batches_on=own)) == (("n0",), ("n1",), ("n2", "n3"))
    growing = dict.fromkeys(TEN[:4], sizes("1", "2"))
    assert batches_of(TEN[:6], Rollout(batches=sizes("3"), batches_on=growing)) == (
        ("n0",), ("n1", "n2"), ("n3", "n4"), ("n5",),
    )  # fmt: skip


def test_a_hook_is_run_once_for_all_its_nodes() -> None:
    drain, announce = Hook(Scope.NODE, True, ("drain",)), Hook(Scope.RUN, True, ("announce",))
    rollout = Rollout(hooks={drain: ("n0", "n1"), announce: ("n1",)})
    assert rollout.hooks_of(Scope.NODE, ("n1", "n2"), before=True) == (drain,)
    assert rollout.hooks_of(Scope.NODE, ("n2",), before=True) == ()
    assert rollout.hooks_of(Scope.NODE, ("n1",), before=False) == ()
    assert rollout.hooks_of(Scope.RUN, TEN, before=True) == (announce,)


def test_no_node_is_no_batch() -> None:
    assert batches_of((), Rollout(batches=sizes("2"), canary=("n0",))) == ()


amounts = st.builds(Amount, st.integers(0, 120), st.booleans())
names = st.lists(st.sampled_from(TEN), unique=True).map(tuple)


@given(
    names,
    st.builds(
        Rollout,
        batches=st.lists(amounts, max_size=4).map(tuple),
        canary=names,
        order=names,
        batches_on=st.dictionaries(
            st.sampled_from(TEN), st.lists(amounts, min_size=1, max_size=3).map(tuple)
        ),
        singly=names,
    ),
)
def test_every_node_is_in_one_batch_and_of_those_that_go_singly_one_at_most(nodes, rollout) -> None:
    batches = batches_of(nodes, rollout)
    assert sorted(name for batch in batches for name in batch) == sorted(nodes)
    assert all(batches)
    assert all(len(set(batch) & set(rollout.singly)) <= 1 for batch in batches)


def test_a_run_ends_at_its_first_failure_unless_more_are_allowed() -> None:
    assert Rollout().stops_at(100) == 1
    assert Rollout(max_fail=Amount(0)).stops_at(100) == 1
    assert Rollout(max_fail=Amount(3)).stops_at(100) == 3
    assert Rollout(max_fail=Amount(5, percent=True)).stops_at(30) == 2
