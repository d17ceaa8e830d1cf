"""What counts as evidence that a new pod failed, and what leaves that unknown."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import mirror, observation, pod_text, running, written

from podwright.manifests.manifest import Manifest
from podwright.manifests.workload import Workload
from podwright.plan.admission import Refusal, RefusalSeen
from podwright.plan.compare import compare
from podwright.plan.events import FilesSeen, RuntimeSeen, RuntimeUnavailable, Ticked
from podwright.plan.failed_pod_evidence import Finding
from podwright.plan.node_view import ConnectionLost, MirrorsSeen
from podwright.plan.observed import ContainerState, ObservedContainer, Unavailable
from podwright.plan.proof import Instant, Proof
from podwright.plan.stages import make_plan

PROBE = "    readinessProbe: {tcpSocket: {port: 1}, periodSeconds: 1, failureThreshold: 5}\n"
PROBED = Manifest.parse(Workload("web"), pod_text() + PROBE)
LOOK = observation(written(PROBED))
CREATED = LOOK.clock
CONTAINERS = (ObservedContainer("main", "CONTAINER_RUNNING", created_at=CREATED),)
RUNS = running(PROBED, containers=CONTAINERS)
CRASHED = running(PROBED, containers=(ObservedContainer("main", "CONTAINER_EXITED", attempt=2),))
NOT_READY = mirror(PROBED, ready=False, containers=(ContainerState("main", "running"),))
NO_ANSWER = Unavailable("no answer")


def waiting(reason: str):
    return mirror(PROBED, ready=False, containers=(ContainerState("main", "waiting", reason=reason),))


def found(*events, pods=(RUNS,), shown=NOT_READY, look=LOOK, after=500.0, wait_on=0.0) -> Finding | None:
    """Of a pod that was seen like this, and for so long."""
    plan = make_plan("n1", compare((PROBED,), (), look))
    proof = Proof.begin(plan.expectations, look, hold=1, wait_on=wait_on)
    for event in (
        RuntimeSeen(1.0, pods),
        MirrorsSeen({PROBED.pod.on("n1"): shown}),
        *events,
        Instant(1.0),
        Ticked(1.0 + after),
        Instant(1.0 + after),
        Instant(2.0 + after),
    ):
        proof = proof.advance(event)
    [what] = [what for _, what in proof.findings] or [None]
    return what


def test_a_pod_that_is_proven_has_nothing_to_find() -> None:
    assert found(shown=mirror(PROBED)) is None


@pytest.mark.parametrize(
    ("pods", "shown"),
    [
        ((CRASHED,), NOT_READY),
        ((RUNS,), waiting("ErrImageNeverPull")),
        ((RUNS,), waiting("ImagePullBackOff")),
        ((RUNS,), NOT_READY),
    ],
    ids=["crashes", "no-image", "not-pulled", "probe-fails"],
)
def test_evidence_that_it_failed(pods, shown) -> None:
    assert found(pods=pods, shown=shown) is Finding.FAILED


def test_a_pod_that_its_kubelet_refused_has_failed() -> None:
    refused = RefusalSeen(PROBED.pod.on("n1"), Refusal("u1", "OutOfcpu"))
    assert found(refused, pods=(), shown=None) is Finding.FAILED


def test_a_crash_counts_although_it_is_still_waited_for() -> None:
    assert found(pods=(CRASHED,), wait_on=1000.0) is Finding.FAILED


@pytest.mark.parametrize(
    ("pods", "shown"),
    [
        ((), None),
        ((RUNS,), mirror(PROBED, uid="old")),
        ((RUNS,), None),
        ((RUNS,), waiting("ContainerCreating")),
    ],
    ids=["nothing-runs", "mirror-of-the-old", "no-mirror", "still-created"],
)
def test_what_only_takes_too_long_is_late(pods, shown) -> None:
    assert found(pods=pods, shown=shown) is Finding.LATE


def test_a_probe_that_did_not_have_its_time_has_not_failed() -> None:
    assert found(after=PROBED.readiness_seconds - 2) is Finding.LATE


def test_a_pull_that_failed_a_moment_ago_has_not_failed() -> None:
    assert found(shown=waiting("ErrImagePull"), after=5.0) is Finding.LATE


@pytest.mark.parametrize("pods", [(CRASHED,), ()])
def test_an_api_that_cannot_be_asked_leaves_it_unknown_whatever_the_node_shows(pods) -> None:
    assert found(pods=pods, shown=NO_ANSWER) is Finding.UNKNOWN


@pytest.mark.parametrize("event", [RuntimeUnavailable("crictl failed"), ConnectionLost("gone")])
def test_a_node_that_shows_nothing_any_more_leaves_it_unknown(event) -> None:
    assert found(event, shown=waiting("ErrImageNeverPull")) is Finding.UNKNOWN


def test_without_crictl_the_api_is_enough() -> None:
    look = replace(LOOK, pods=None, pods_problem="there is no crictl")
    event = RuntimeUnavailable("there is no crictl")
    assert found(event, shown=waiting("ErrImageNeverPull"), look=look) is Finding.FAILED


def test_a_file_that_somebody_else_changed_is_theirs() -> None:
    assert found(FilesSeen({"web.yaml": "0" * 64}), pods=(CRASHED,)) is Finding.LATE
