"""Which failures are given up: only those that a person has to mend, and only of the pod that is waited for."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, mirror, observation, running, written

from podwright.plan.compare import compare
from podwright.plan.expectations import WaitFor
from podwright.plan.health import judge
from podwright.plan.node_view import View
from podwright.plan.observed import ContainerState, ObservedContainer, Unavailable
from podwright.plan.permanent_failures import PULL_SECONDS, futile_after
from podwright.plan.stages import make_plan

WEB = manifest()
LOOK = observation(written(WEB))
[WANTED] = make_plan("n1", compare((WEB,), (), LOOK), wait_for=WaitFor.READY).expectations


def after(*containers, pods=(), uid="u1", gone=False):
    shown = mirror(WEB, uid=uid, ready=False, containers=containers)
    view = View({"web.yaml": written(WEB).sha256}, pods, {WEB.pod.on("n1"): shown})
    wanted = replace(WANTED, sha256s=(), generations=()) if gone else WANTED
    return futile_after(judge(wanted, view.evidence(wanted)), view)


def waiting(reason: str, **changes) -> ContainerState:
    return ContainerState("main", "waiting", reason=reason, **changes)


def started(attempt: int, state: str):
    return (running(WEB, containers=(ObservedContainer("main", state, attempt=attempt),)),)


@pytest.mark.parametrize(
    ("state", "seconds"),
    [
        (waiting("ErrImageNeverPull"), 0.0),
        (waiting("InvalidImageName"), 0.0),
        (waiting("ErrImagePull"), PULL_SECONDS),
        (waiting("ImagePullBackOff"), PULL_SECONDS),
        (waiting("CreateContainerConfigError"), PULL_SECONDS),
        (waiting("ContainerCreating"), None),
        (waiting("CrashLoopBackOff", restart_count=1), None),
        (waiting("CrashLoopBackOff", restart_count=2), 0.0),
    ],
)
def test_what_the_mirror_shows(state, seconds) -> None:
    assert after(state, pods=Unavailable("no crictl")) == seconds
    assert after(state, pods=(running(WEB),)) == seconds


@pytest.mark.parametrize(
    ("pods", "seconds"),
    [
        (started(1, "CONTAINER_EXITED"), None),
        (started(2, "CONTAINER_RUNNING"), None),
        (started(2, "CONTAINER_EXITED"), 0.0),
        (started(3, "CONTAINER_RUNNING"), 0.0),
    ],
)
def test_what_the_runtime_shows(pods, seconds) -> None:
    assert after(pods=pods) == seconds


def test_the_mirror_of_another_pod_says_nothing() -> None:
    assert after(waiting("ErrImageNeverPull"), pods=(running(WEB),), uid="old") is None


def test_what_is_to_go_is_waited_for_whatever_it_does() -> None:
    assert after(waiting("ErrImageNeverPull"), pods=started(3, "CONTAINER_EXITED"), gone=True) is None
