"""Pods that move between nodes: gone there before they are created here."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.fakes import results
from tests.fakes.nouns import manifest, observation, written

from podwright.inventory.node import Connection, Node
from podwright.operations.desired import Desired
from podwright.operations.moves import following, joined, leaving_first, moved
from podwright.operations.prepare import Prepared
from podwright.operations.report import Applied, Status
from podwright.plan.compare import compare
from podwright.plan.stages import make_plan

WEB, OTHER = manifest(), manifest("other")


def prepared(name: str, desired=(), files=()) -> Prepared:
    look = replace(observation(*files), node=name)
    plan = make_plan(name, compare(desired, (), look, owner="", prune=True))
    return Prepared(Desired(Node(name, Connection("127.0.0.1"))), look, plan)


def names(plan: Prepared) -> list[str]:
    return [f"{change.action} {change.name}" for change in plan.plan.changes]


GIVES, GETS = prepared("a", files=(written(WEB),)), prepared("b", (WEB,))


def test_what_one_node_loses_and_another_gets_moves() -> None:
    assert moved([GIVES, GETS]) == {"web.yaml"}
    assert moved([GIVES, prepared("b", (OTHER,))]) == frozenset()
    assert moved([GIVES, results.outcome("b", Status.UNREACHABLE)]) == frozenset()


def test_it_is_pruned_first_and_created_when_that_is_proven() -> None:
    [first] = leaving_first([GIVES, GETS], frozenset({"web.yaml"}))
    assert names(first) == ["delete web.yaml"]
    done = results.outcome("a", Status.CHANGED, GIVES.plan)
    assert list(following([GIVES, GETS], frozenset({"web.yaml"}), {"a": done})) == [done, GETS]


def test_nothing_is_created_that_may_still_run_elsewhere() -> None:
    failed = results.outcome("a", Status.FAILED, GIVES.plan)
    kept, held = following([GIVES, GETS], frozenset({"web.yaml"}), {"a": failed})
    assert (kept, held.stopped) == (failed, Status.REFUSED)
    assert held.problems[0].message == "`web.yaml` was left alone: on a it is not proven gone"


@pytest.mark.parametrize("status", [Status.CHANGED, Status.UNCHANGED])
def test_two_pods_that_change_places_both_go_before_either_comes(status) -> None:
    one, two = prepared("a", (OTHER,), (written(WEB),)), prepared("b", (WEB,), (written(OTHER),))
    both = frozenset({"web.yaml", "other.yaml"})
    assert moved([one, two]) == both
    first = list(leaving_first([one, two], both))
    assert [names(plan) for plan in first] == [["delete web.yaml"], ["delete other.yaml"]]
    done = {
        plan.plan.node: results.outcome(
            plan.plan.node,
            Status.CHANGED,
            plan.plan,
            applied=(Applied(plan.plan.changes[0].name, "deleted"),),
        )
        for plan in first
    }
    then = list(following([one, two], both, done))
    assert [names(plan) for plan in then] == [["create other.yaml"], ["create web.yaml"]]
    result = joined(
        done["a"], results.outcome("a", status, then[0].plan, applied=(Applied("other.yaml", "written"),))
    )
    assert result.status is Status.CHANGED
    assert [entry.what for entry in result.value.applied] == ["deleted", "written"]
    assert [change.name for change in result.value.plan.changes] == ["web.yaml", "other.yaml"]
