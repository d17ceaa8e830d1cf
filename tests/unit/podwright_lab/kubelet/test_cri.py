"""Sandboxes and containers in the shapes of crictl."""

import pytest

from podwright_lab.kubelet.cri import Container, PodStatus, Sandbox


def container(attempt=0, name="c"):
    return Container(
        f"id-{name}-{attempt}",
        "s-1",
        "u-1",
        "app-n1",
        "default",
        name,
        attempt,
        "busybox:1",
        "sha256:1",
        {"io.kubernetes.container.restartCount": str(attempt)},
        1_700_000_000_000_000_001,
    )


SANDBOX = Sandbox("s-1", "u-1", "app-n1", "default", 1, {"app": "app"}, {"note": "1"}, 5)


@pytest.mark.parametrize(
    ("state", "running", "exited"),
    [
        ("CONTAINER_CREATED", False, False),
        ("CONTAINER_RUNNING", True, False),
        ("CONTAINER_EXITED", False, True),
    ],
)
def test_a_container_is_in_one_state(state, running, exited):
    found = container()
    found.state = state
    assert (found.running, found.exited) == (running, exited)


def test_a_container_as_ps_lists_it():
    listed = container(attempt=3).listed()
    assert listed["metadata"] == {"name": "c", "attempt": 3}
    assert listed["podSandboxId"] == "s-1"
    assert listed["createdAt"] == "1700000000000000001"
    assert listed["image"]["image"] == listed["imageRef"] == "sha256:1"
    assert listed["labels"] == {
        "io.kubernetes.container.name": "c",
        "io.kubernetes.pod.name": "app-n1",
        "io.kubernetes.pod.namespace": "default",
        "io.kubernetes.pod.uid": "u-1",
    }
    assert listed["annotations"]["io.kubernetes.container.restartCount"] == "3"


@pytest.mark.parametrize(("ready", "state"), [(True, "SANDBOX_READY"), (False, "SANDBOX_NOTREADY")])
def test_a_sandbox_as_pods_lists_it(ready, state):
    found = SANDBOX.copy()
    found.ready = ready
    listed = found.listed()
    assert listed["state"] == state
    assert listed["metadata"] == {"name": "app-n1", "uid": "u-1", "namespace": "default", "attempt": 1}
    assert (listed["labels"], listed["annotations"]) == ({"app": "app"}, {"note": "1"})


def test_what_is_listed_is_a_copy():
    SANDBOX.listed()["labels"]["app"] = "other"
    container().listed()["annotations"].clear()
    assert SANDBOX.labels == {"app": "app"}


def test_a_picture_keeps_the_lives_of_each_container_apart():
    picture = PodStatus(0.0, [], [container(1), container(0), container(0, "d")])
    assert [life.attempt for life in picture.of("c")] == [1, 0]
    assert picture.newest("c").attempt == 1
    assert picture.newest("x") is None
