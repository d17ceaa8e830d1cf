"""A hint names a cause only if the evidence shows it."""

from __future__ import annotations

import pytest
from tests.fakes.nouns import mirror, observation, plan_of, running, written
from tests.unit.operations.conftest import FakeMirrors
from tests.unit.operations.test_explain import OTHER, WEB, explained

from podwright.operations.explain import explain
from podwright.operations.mirror_evidence import with_mirrors
from podwright.plan.events import Ticked, Written
from podwright.plan.proof import Proof


def test_what_the_kubelet_has_accepted_is_not_said_to_be_unseen() -> None:
    mirrors = FakeMirrors({WEB.pod.on("n1"): mirror(WEB, ready=False, phase="Pending")})
    assert explained(mirrors=mirrors).hint == (
        "the kubelet has accepted it; see what it waits for: `kubectl describe pod -n default web-n1`"
    )


@pytest.mark.parametrize(("uptime", "more"), [(110.0, "may take 20 s more"), (131.0, "")])
def test_an_old_pod_within_its_grace_period_is_told_as_that(uptime, more) -> None:
    look = observation(written(OTHER), pods=(running(OTHER),))
    proof = Proof.begin(plan_of([WEB], [], look).expectations, look)
    for event in (Written(100.0, "web.yaml"), Ticked(uptime)):
        proof = proof.advance(event)
    [problem] = explain(with_mirrors(proof, FakeMirrors(), 0.0), look, FakeMirrors())
    assert ("the old pod may take" in problem.hint) is bool(more)
    assert more in problem.hint
    assert ("the kubelet has not ended the old pod" in problem.hint) is not bool(more)
