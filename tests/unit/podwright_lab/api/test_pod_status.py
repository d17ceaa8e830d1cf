"""STATUS, READY and RESTARTS are what kubectl would print of the real thing."""

import pytest

from podwright_lab.api.pod_status import ready_count, restarts, shown_status


def pod(*containers, inits=(), phase="Running", conditions=(), spec=None, **metadata):
    names = [{"name": container["name"]} for container in containers]
    return {
        "metadata": {"name": "p"} | metadata,
        "spec": spec or {"containers": names, "initContainers": [{"name": init["name"]} for init in inits]},
        "status": {
            "phase": phase,
            "conditions": [{"type": kind, "status": status} for kind, status in conditions],
            "containerStatuses": list(containers),
            "initContainerStatuses": list(inits),
        },
    }


def running(name="c", *, ready=True, count=0):
    return {"name": name, "ready": ready, "restartCount": count, "state": {"running": {"startedAt": "x"}}}


def waiting(reason, name="c", count=0, last=None):
    state = {"name": name, "ready": False, "restartCount": count, "state": {"waiting": {"reason": reason}}}
    return state | ({"lastState": {"terminated": {"finishedAt": last}}} if last else {})


def ended(name="c", code=0, **fields):
    return {
        "name": name,
        "ready": False,
        "restartCount": 0,
        "state": {"terminated": {"exitCode": code} | fields},
    }


@pytest.mark.parametrize(
    ("target", "status"),
    [
        (pod(phase="Pending"), "Pending"),
        (pod(running()), "Running"),
        (pod(waiting("ContainerCreating"), phase="Pending"), "ContainerCreating"),
        (pod(waiting("ImagePullBackOff"), phase="Pending"), "ImagePullBackOff"),
        (pod(waiting("CrashLoopBackOff", count=3)), "CrashLoopBackOff"),
        (pod(running("a"), waiting("CrashLoopBackOff", "b")), "CrashLoopBackOff"),
        (pod(waiting("CrashLoopBackOff", "a"), waiting("ErrImagePull", "b")), "CrashLoopBackOff"),
        (pod(ended(reason="Completed"), phase="Succeeded"), "Completed"),
        (pod(ended(code=1, reason="Error"), phase="Failed"), "Error"),
        (pod(ended(code=2)), "ExitCode:2"),
        (pod(ended(code=137, signal=9)), "Signal:9"),
        (pod(ended("a", reason="Completed"), running("b"), conditions=[("Ready", "True")]), "Running"),
        (pod(ended("a", reason="Completed"), running("b")), "NotReady"),
        (pod(running(), deletionTimestamp="x"), "Terminating"),
        (pod(ended(reason="Completed"), phase="Succeeded", deletionTimestamp="x"), "Completed"),
        (pod(inits=[waiting("PodInitializing", "i")], phase="Pending"), "Init:0/1"),
        (pod(inits=[running("i")], phase="Pending"), "Init:0/1"),
        (pod(inits=[ended("i"), running("j")], phase="Pending"), "Init:1/2"),
        (pod(inits=[waiting("CrashLoopBackOff", "i")], phase="Pending"), "Init:CrashLoopBackOff"),
        (pod(inits=[ended("i", 1, reason="Error")], phase="Pending"), "Init:Error"),
        (pod(inits=[ended("i", 1)], phase="Pending"), "Init:ExitCode:1"),
        (pod(inits=[ended("i", 1, signal=9)], phase="Pending"), "Init:Signal:9"),
        (pod(running(), inits=[ended("i", reason="Completed")]), "Running"),
    ],
)
def test_the_status_is_the_printers_word(target, status):
    assert shown_status(target) == status


def test_a_reason_of_the_pod_itself_wins_over_its_phase():
    rejected = pod(phase="Failed")
    rejected["status"]["reason"] = "NodeAffinity"
    assert shown_status(rejected) == "NodeAffinity"


def test_a_sidecar_that_has_started_holds_nobody_up_and_is_counted():
    sidecar = running("s", count=2) | {"started": True}
    spec = {"containers": [{"name": "c"}], "initContainers": [{"name": "s", "restartPolicy": "Always"}]}
    target = pod(running(count=1), inits=[sidecar], spec=spec)
    assert shown_status(target) == "Running"
    assert ready_count(target) == (2, 2)
    assert restarts(target)[0] == 3


def test_ready_counts_running_containers_only():
    assert ready_count(pod(running("a"), running("b", ready=False), waiting("x", "c"))) == (1, 3)
    assert ready_count(pod()) == (0, 0)


def test_restarts_come_with_the_last_end():
    target = pod(
        waiting("CrashLoopBackOff", "a", 2, "2026-11-23T10:00:00Z"),
        waiting("x", "b", 1, "2026-11-23T11:00:00Z"),
    )
    assert restarts(target) == (3, "2026-11-23T11:00:00Z")


def test_while_initializing_only_init_containers_are_counted():
    target = pod(running(count=5), inits=[waiting("CrashLoopBackOff", "i", 2)], phase="Pending")
    assert restarts(target)[0] == 2
