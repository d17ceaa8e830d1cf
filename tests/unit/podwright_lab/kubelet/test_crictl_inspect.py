"""The details of a container, a sandbox and the runtime."""

from pathlib import Path

from podwright_lab.kubelet.cri import Container, Sandbox
from podwright_lab.kubelet.crictl_inspect import container_details, runtime_info, sandbox_details

SECOND = 10**9
LOG = Path("/var/log/pods/default_web-n1_u-1/c/3.log")


def container(**changes):
    made = Container(
        "id", "s", "u-1", "web-n1", "default", "c", 3, "busybox:1", "sha256:1", {"a": "b"}, 5 * SECOND + 7
    )
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def test_a_container_that_crashed_says_how():
    dead = container(
        state="CONTAINER_EXITED",
        started_at=6 * SECOND,
        finished_at=7 * SECOND,
        exit_code=3,
        reason="Error",
        message="bad option",
    )
    status = container_details(dead, LOG)["status"]
    assert (status["exitCode"], status["reason"], status["message"]) == (3, "Error", "bad option")
    assert status["metadata"] == {"attempt": 3, "name": "c"}
    assert status["createdAt"] == "1970-01-01T00:00:05.000000007Z"
    assert status["finishedAt"] == "1970-01-01T00:00:07.000000000Z"
    assert status["logPath"] == str(LOG)


def test_what_has_not_happened_has_gos_first_moment():
    status = container_details(container(), LOG)["status"]
    assert status["startedAt"] == status["finishedAt"] == "0001-01-01T00:00:00Z"


def test_a_container_names_its_sandbox_and_its_image():
    details = container_details(container(), LOG)
    assert details["info"] == {"sandboxID": "s"}
    assert details["status"]["image"]["image"] == "busybox:1"
    assert details["status"]["imageRef"] == "sha256:1"
    assert details["status"]["annotations"] == {"a": "b"}


def test_a_sandbox_has_its_pods_identity():
    made = Sandbox("s", "u-1", "web-n1", "default", 1, {"app": "web"}, {"a": "b"}, 5 * SECOND, ready=True)
    status = sandbox_details(made)["status"]
    assert status["metadata"] == {"attempt": 1, "name": "web-n1", "namespace": "default", "uid": "u-1"}
    assert (status["state"], status["labels"], status["annotations"]) == (
        "SANDBOX_READY",
        {"app": "web"},
        {"a": "b"},
    )


def test_the_runtime_and_its_network_are_ready():
    conditions = runtime_info()["status"]["conditions"]
    assert {entry["type"]: entry["status"] for entry in conditions} == {
        "RuntimeReady": True,
        "NetworkReady": True,
    }
