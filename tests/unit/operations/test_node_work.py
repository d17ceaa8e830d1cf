"""What a run does on one node, in this process; the push and its parts have tests of their own."""

from __future__ import annotations

from tests.fakes import results
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest
from tests.unit.operations.conftest import SETTINGS

from podwright.operations.interruption import LeftRunError
from podwright.operations.node_work import WorkHere, can_be_changed, not_changed, outcome_of
from podwright.operations.report import Applied, Status
from podwright.operations.waiting import Wait
from podwright.plan.expectations import WaitFor
from podwright.plan.proof import Proof

WEB = manifest()
FILE_ONLY = replace(SETTINGS, wait_for=WaitFor.FILE)


def test_a_node_is_planned_and_then_changed(site) -> None:
    here = WorkHere(site.world)
    plan = here.plan(site.desired(WEB), FILE_ONLY)
    assert can_be_changed(plan)
    assert (outcome_of(plan).status, site.file()) == (Status.PENDING, None)
    assert (here.change(plan, FILE_ONLY).status, site.file()) == (Status.CHANGED, WEB.text(1))


def test_of_a_node_that_was_left_what_was_last_known_is_told(site) -> None:
    plan = WorkHere(site.world).plan(site.desired(WEB), FILE_ONLY)
    proof = Proof.begin((), plan.observation)
    written = (Applied("web.yaml", "written"),)
    left = not_changed(plan, LeftRunError(), {"n1": Wait(0.0, 9.0, proof, applied=written)})
    assert (left.status, left.value.applied) == (Status.FAILED, written)
    unreached = results.outcome("n2", Status.UNREACHABLE)
    assert not_changed(unreached, LeftRunError()) is unreached
