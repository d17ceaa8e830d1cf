"""What a node was found to be decides what happens to it, before anything does."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, observation, observed_file, plan_of, pod_text, written

from podwright.inventory.node import Connection, Node
from podwright.operations.desired import Desired
from podwright.operations.prepare import Prepared
from podwright.operations.report import Status
from podwright.problem import Problem

WEB = manifest()
FOREIGN = observed_file("web.yaml", pod_text(image="example.com/web:2"))
SAME = observed_file("web.yaml", pod_text())


def prepared(*files, problems=()):
    seen = observation(*files)
    node = Node("n1", Connection("127.0.0.1"))
    return Prepared(Desired(node, (WEB,)), seen, plan_of([WEB], [], seen), problems=problems)


@pytest.mark.parametrize(
    ("files", "problems", "status"),
    [
        ((), (), Status.PENDING),
        ((written(WEB),), (), Status.UNCHANGED),
        ((FOREIGN,), (), Status.CONFLICT),
        ((SAME,), (), Status.UNCHANGED),
        ((), (Problem("the disk is full", node="n1"),), Status.REFUSED),
        ((FOREIGN,), (Problem("the disk is full", node="n1"),), Status.REFUSED),
    ],
)
def test_the_outcome_of_a_dry_run(files, problems, status):
    assert prepared(*files, problems=problems).outcome().status is status


def test_problems_and_conflicts_are_reported_together():
    problem = Problem("the disk is full", node="n1")
    outcome = prepared(FOREIGN, problems=(problem,)).outcome()
    first, second = outcome.problems
    assert first == problem
    assert second.node == "n1"
    assert "`web.yaml`" in second.message


def test_nothing_stops_a_plan_without_problems_and_conflicts():
    assert prepared().stopped is None
    assert replace(prepared(), problems=(Problem("no"),)).stopped is Status.REFUSED


def test_an_outcome_that_was_not_applied_says_so():
    value = prepared().outcome().value
    assert (value.applied, value.healths) == ((), ())
    assert [change.name for change in value.plan.pending] == ["web.yaml"]
