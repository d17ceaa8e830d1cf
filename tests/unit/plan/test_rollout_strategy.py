"""Options win over the inventory; of what the inventory says, the most careful counts."""

from __future__ import annotations

import pytest

from podwright.errors import UsageError
from podwright.inventory.counts_and_percentages import Amount
from podwright.inventory.rollout_settings import Hook, OnFailure, Scope, Strategy
from podwright.plan.rollout_batches import Rollout, batches_of
from podwright.plan.rollout_strategy import Target, looks_like_control_plane, rollout_for

ONE, TWO, HALF = Amount(1), Amount(2), Amount(50, percent=True)
NOTHING = Strategy()


def fleet(*said: tuple[Strategy, ...], groups: tuple[str, ...] = ()) -> tuple[Target, ...]:
    return tuple(Target(f"n{number}", groups, strategies) for number, strategies in enumerate(said))


def test_nothing_is_said_and_nodes_change_at_once() -> None:
    rollout = rollout_for(fleet((), ()), NOTHING)
    assert rollout == Rollout(order=("n0", "n1"))
    assert batches_of(("n0", "n1"), rollout) == (("n0", "n1"),)


def test_the_most_careful_of_what_nodes_and_manifests_say_counts() -> None:
    one = Strategy(soak=60.0, max_fail=Amount(50, percent=True), on_failure=OnFailure.STOP)
    other = Strategy(soak=5.0, max_fail=Amount(3), pause=True, on_failure=OnFailure.REVERT_BATCH)
    rollout = rollout_for(fleet((one, other), (one,), (), ()), NOTHING)
    assert (rollout.soak, rollout.pause, rollout.on_failure) == (60.0, True, OnFailure.REVERT_BATCH)
    assert rollout.stops_at(4) == 2


def test_options_win_each_for_itself() -> None:
    said = Strategy(batch=(HALF,), soak=60.0, max_fail=Amount(9), pause=True, on_failure=OnFailure.REVERT_RUN)
    given = Strategy(soak=0.0, pause=False, on_failure=OnFailure.STOP)
    rollout = rollout_for(fleet((said,), ()), given)
    assert (rollout.soak, rollout.pause, rollout.on_failure) == (0.0, False, OnFailure.STOP)
    assert (rollout.max_fail, rollout.batches_on) == (Amount(9), {"n0": (HALF,)})


def test_each_node_is_in_batches_of_the_size_that_is_said_of_it_the_smaller_of_two() -> None:
    both = (Strategy(batch=(ONE, HALF)), Strategy(batch=(TWO,)))
    rollout = rollout_for(fleet(both, both, (Strategy(batch=(TWO,)),), ()), NOTHING)
    assert rollout.batches_on == {"n0": (ONE, TWO), "n1": (ONE, TWO), "n2": (TWO,)} or rollout.batches_on == {
        "n0": (ONE, HALF), "n1": (ONE, HALF), "n2": (TWO,),
    }  # fmt: skip


def test_a_canary_is_a_node_or_a_group_or_the_first_of_those_that_it_is_said_of() -> None:
    named, counted = Strategy(canary=("web",)), Strategy(canary_count=1)
    targets = (
        Target("n0"),
        Target("n1", (), (counted,)),
        Target("n2", (), (counted,)),
        Target("n3", ("web",), (named,)),
    )
    assert set(rollout_for(targets, NOTHING).canary) == {"n1", "n3"}
    assert rollout_for(targets, Strategy(canary_count=2)).canary == ("n0", "n1")
    assert rollout_for(targets, Strategy(canary=("n2",))).canary == ("n2",)


def test_nodes_go_in_the_order_that_is_said_and_two_orders_are_refused() -> None:
    workers, nodes = Strategy(order=("workers", "n2")), Strategy(order=("n1",))
    targets = (Target("n0"), Target("n1", ("workers",), (workers,)), Target("n2"))
    assert rollout_for(targets, NOTHING).order == ("n1", "n2", "n0")
    assert rollout_for(targets, nodes).order == ("n1", "n0", "n2")
    with pytest.raises(UsageError, match="two orders for this run: `workers, n2` and `n1`"):
        rollout_for((*targets, Target("n3", (), (nodes,))), NOTHING)


def test_nodes_of_a_control_plane_go_one_at_a_time_unless_all_at_once() -> None:
    targets = fleet((), (), groups=("kube_control_plane",))
    assert rollout_for(targets, NOTHING).singly == ("n0", "n1")
    assert rollout_for(targets, NOTHING, all_at_once=True).singly == ()


def test_a_hook_is_for_the_nodes_that_it_is_said_of() -> None:
    drain = Hook(Scope.NODE, True, ("drain",))
    rollout = rollout_for(
        fleet((Strategy(hooks=(drain,)),), (), (Strategy(hooks=(drain,)),)), Strategy(soak=1.0)
    )
    assert rollout.hooks == {drain: ("n0", "n2")}


def test_a_node_whose_kubelet_may_restart_goes_alone_unless_a_size_is_said() -> None:
    targets = tuple(Target(f"n{number}", disruptive=number < 2) for number in range(4))
    names = tuple(one.node for one in targets)
    assert batches_of(names, rollout_for(targets, NOTHING)) == (("n0",), ("n1",), ("n2", "n3"))
    assert batches_of(names, rollout_for(targets, Strategy(batch=(HALF,)))) == (("n0", "n1"), ("n2", "n3"))


@pytest.mark.parametrize(
    "group",
    [
        "control_plane",
        "kube_control_plane",
        "kube-master",
        "masters",
        "Controllers",
        "etcd",
        "k3s_servers",
        "rke2_server",
    ],
)
def test_groups_of_a_control_plane_are_known_by_name(group: str) -> None:
    assert looks_like_control_plane(group)


@pytest.mark.parametrize("group", ["all", "workers", "servers", "web_masters_of_old", "edge", "kube_node"])
def test_other_groups_are_not(group: str) -> None:
    assert not looks_like_control_plane(group)
