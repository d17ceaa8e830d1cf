"""Pods that their kubelet refused, and the write that makes it try them again."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import WEB_ON_N1, manifest, observation, plan_of, running, written

from podwright.plan.admission import Refusal, RefusalSeen, not_started, refuses
from podwright.plan.changes import Action
from podwright.plan.compare import compare
from podwright.plan.events import ClockRead, Ticked, Written
from podwright.plan.proof import Instant, Proof

WEB = manifest()
NOW = 1_000_000
BIG = RefusalSeen(WEB_ON_N1, Refusal("u9", "OutOfcpu: no room"))


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("OutOfcpu", True),
        ("UnexpectedAdmissionError", True),
        ("NodePorts", True),
        ("BackOff", False),
        ("", False),
    ],
)
def test_the_reason_of_an_event_tells_refusals_from_other_warnings(reason, expected) -> None:
    assert refuses(reason) is expected


@pytest.mark.parametrize(
    ("desired", "mtime", "pods", "expected"),
    [
        (WEB, NOW - 60, (), [True]),
        (WEB, NOW - 5, (), [False]),
        # it runs, it has run, the old pod is ending still, or nobody can be asked
        (WEB, NOW - 60, (running(WEB),), []),
        (WEB, NOW - 60, (running(WEB, ready=False),), []),
        (WEB, NOW - 60, (running(manifest(image="example.com/web:0")),), []),
        (WEB, NOW - 60, (running(manifest(image="example.com/web:0"), ready=False),), [True]),
        (WEB, NOW - 60, None, []),
        # what ends for good leaves no sandbox in the end
        (manifest(extra="  restartPolicy: Never\n"), NOW - 60, (), []),
    ],
)
def test_a_file_without_a_sandbox_was_not_started(desired, mtime, pods, expected) -> None:
    look = observation(written(desired, mtime=mtime), pods=pods)
    assert [found.long_ago for found in not_started([desired], look)] == expected


def test_without_a_kubelet_nothing_is_known_to_be_refused() -> None:
    look = observation(written(WEB, mtime=1))
    look = replace(look, kubelet=replace(look.kubelet, running=False))
    assert list(not_started([WEB], look)) == []


def test_what_was_not_started_is_written_with_the_next_generation() -> None:
    look = observation(written(WEB, generation=3))
    [change] = compare([WEB], (), look, not_started=("web.yaml",))
    assert (change.action, change.subject.generation, change.restarts) == (Action.UPDATE, 4, True)
    assert "the kubelet refused its pod" in change.reason


def waiting() -> Proof:
    proof = Proof.begin(plan_of([WEB], [], observation()).expectations, observation())
    for event in (ClockRead(10.0, NOW), Written(10.0, "web.yaml"), Ticked(11.0), Instant(1.0)):
        proof = proof.advance(event)
    return proof


def test_events_are_asked_for_of_what_does_not_start_and_since_the_write_alone() -> None:
    proof = waiting()
    assert proof.unstarted == ()
    [(pod, since)] = proof.advance(Ticked(12.0)).unstarted
    assert pod == WEB_ON_N1
    assert NOW - 0.1 < since < NOW


def test_a_refusal_ends_the_wait() -> None:
    proof = waiting().advance(Ticked(12.0))
    assert not proof.done
    refused = proof.advance(BIG).advance(Instant(2.0))
    assert (refused.done, refused.proven, refused.unstarted) == (True, False, ())


def test_another_write_is_tried_again() -> None:
    refused = waiting().advance(BIG)
    assert not refused.advance(Written(14.0, "web.yaml")).done
