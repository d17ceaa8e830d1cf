"""What the kubelet reports of each container, from its lives and its failures."""

import pytest
from tests.fakes.kubelet_bench import pod

from podwright_lab.kubelet.container_status import (
    Failure,
    Readings,
    container_statuses,
    init_statuses,
    moment,
    should_restart,
)
from podwright_lab.kubelet.cri import Container, PodStatus

SPEC = {"name": "c", "image": "busybox:1"}


def life(attempt=0, state="CONTAINER_RUNNING", exit_code=0, **changes):
    container = Container(
        f"id-{attempt}", "s", "u-1", "app-n1", "default", "c", attempt, "busybox:1", "sha256:1", {}, 10**9
    )
    container.state, container.exit_code = state, exit_code
    container.started_at = (100 + attempt) * 10**9
    if container.exited:
        container.finished_at = (200 + attempt) * 10**9
        container.reason = "Completed" if exit_code == 0 else "Error"
    for name, value in changes.items():
        setattr(container, name, value)
    return container


def dead(attempt=0, exit_code=1, **changes):
    return life(attempt, "CONTAINER_EXITED", exit_code, **changes)


def report(*lives, failures=None, before=None, restartable=True, ready=True, **spec):
    readings = Readings(
        failures or {},
        {} if before is None else {"c": before},
        lambda *_: ready,
        lambda *_: True,
    )
    (status,) = container_statuses(
        pod(**spec), PodStatus(0.0, [], list(lives)), readings, restartable=restartable
    )
    return status


def test_a_container_that_never_ran_waits():
    status = report()
    assert status["state"] == {"waiting": {"reason": "ContainerCreating"}}
    assert (status["ready"], status["started"], status["restartCount"]) == (False, False, 0)


def test_it_waits_for_the_init_containers_if_there_are_any():
    status = report(initContainers=[{"name": "i", "image": "busybox:1"}])
    assert status["state"]["waiting"]["reason"] == "PodInitializing"


@pytest.mark.parametrize("ready", [True, False])
def test_a_running_container_is_as_ready_as_its_probe_says(ready):
    status = report(life(2), ready=ready)
    assert status["state"] == {"running": {"startedAt": moment(102 * 10**9)}}
    assert (status["ready"], status["restartCount"], status["containerID"]) == (ready, 2, "containerd://id-2")


def test_an_end_is_told_with_its_code_and_the_one_before_is_the_last_state():
    status = report(dead(1, 3, message="why"), dead(0, 137))
    assert status["state"]["terminated"]["exitCode"] == 3
    assert status["state"]["terminated"]["message"] == "why"
    assert status["lastState"]["terminated"]["exitCode"] == 137
    assert status["ready"] is False


def test_in_a_crash_loop_the_end_becomes_the_last_state():
    failure = Failure("CrashLoopBackOff", "back-off 10s")
    status = report(dead(1, 3), failures={"c": failure})
    assert status["state"] == {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s"}}
    assert status["lastState"]["terminated"]["exitCode"] == 3
    assert status["restartCount"] == 1


@pytest.mark.parametrize(
    ("lives", "restartable", "policy"),
    [([life()], True, "Always"), ([dead()], False, "Always"), ([dead()], True, "Never")],
)
def test_a_failure_counts_only_while_it_is_to_be_started(lives, restartable, policy):
    failures = {"c": Failure("CrashLoopBackOff", "")}
    status = report(*lives, failures=failures, restartable=restartable, restartPolicy=policy)
    assert "waiting" not in status["state"]


def test_lives_that_the_runtime_has_forgotten_still_count():
    before = report(dead(4, 3))
    now = report(life(0), before=before)
    assert now["restartCount"] == 5
    assert now["lastState"] == before["state"]


def test_an_end_that_was_reported_stays_reported():
    before = report(dead(0, 3))
    assert report(before=before) == before


@pytest.mark.parametrize(("code", "ready"), [(0, True), (1, False)])
def test_an_init_container_is_ready_when_it_has_succeeded(code, ready):
    of = pod(initContainers=[SPEC], containers=[{"name": "d", "image": "busybox:1"}])
    readings = Readings({}, {}, lambda *_: False, lambda *_: False)
    (status,) = init_statuses(of, PodStatus(0.0, [], [dead(0, code)]), readings, restartable=True)
    assert status["ready"] is ready


@pytest.mark.parametrize(
    ("lives", "policy", "init", "wanted"),
    [
        ([], "Never", False, True),
        ([life()], "Always", False, False),
        ([life(state="CONTAINER_CREATED")], "Never", False, True),
        ([dead(exit_code=0)], "Always", False, True),
        ([dead(exit_code=0)], "OnFailure", False, False),
        ([dead(exit_code=1)], "OnFailure", False, True),
        ([dead(exit_code=1)], "Never", False, False),
        ([dead(exit_code=0)], "Always", True, False),
        ([dead(exit_code=1)], "Always", True, True),
    ],
)
def test_what_is_restarted(lives, policy, init, wanted):
    of = pod(restartPolicy=policy)
    assert should_restart(of, SPEC, PodStatus(0.0, [], lives), init=init) is wanted
