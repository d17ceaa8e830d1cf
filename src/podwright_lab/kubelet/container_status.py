"""The container statuses of a pod, as the kubelet reports them (`kubelet_pods.go:convertToAPIContainerStatuses`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from podwright_lab.api.api_error import Object
from podwright_lab.kubelet.cri import Container, PodStatus
from podwright_lab.kubelet.pod_resources import granted_to_container
from podwright_lab.kubelet.static_pod import containers, init_containers


@dataclass(frozen=True, slots=True)
class Failure:
    """Why the last attempt to start a container failed."""

    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Readings:
    """What the kubelet knows beside the runtime; `before` are the container statuses that were last reported."""

    failures: dict[str, Failure]
    before: dict[str, Object]
    ready: Callable[[Object, Container], bool]
    started: Callable[[Object, Container], bool]


def moment(nanoseconds: int) -> str:
    return datetime.fromtimestamp(nanoseconds // 10**9, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def container_statuses(
    pod: Object, status: PodStatus, readings: Readings, *, restartable: bool
) -> list[Object]:
    """Of the ordinary containers, in the order of the spec."""
    waiting = "PodInitializing" if init_containers(pod) else "ContainerCreating"
    return [_of(pod, spec, status, readings, waiting, restartable=restartable) for spec in containers(pod)]


def init_statuses(pod: Object, status: PodStatus, readings: Readings, *, restartable: bool) -> list[Object]:
    return [
        _of(pod, spec, status, readings, "PodInitializing", restartable=restartable, init=True)
        for spec in init_containers(pod)
    ]


def _of(
    pod: Object,
    spec: Object,
    status: PodStatus,
    readings: Readings,
    waiting: str,
    *,
    restartable: bool,
    init: bool = False,
) -> Object:
    lives = status.of(spec["name"])
    before = readings.before.get(spec["name"])
    if lives:
        result = _continued(_living(spec, lives, readings, waiting, init=init), before)
    else:
        result = _default(spec, waiting, before)
    failure = readings.failures.get(spec["name"])
    if failure is not None and restartable and should_restart(pod, spec, status, init=init):
        state = result["state"]
        if "terminated" in state:
            result["lastState"] = state
        result["state"] = {"waiting": {"reason": failure.reason, "message": failure.message}}
    return result


def _default(spec: Object, waiting: str, before: Object | None) -> Object:
    """Nothing is known of its lives: an end that was reported stays reported."""
    if before is not None and "terminated" in before["state"]:
        return dict(before)
    return {
        "name": spec["name"],
        "state": {"waiting": {"reason": waiting}},
        "lastState": before["lastState"] if before is not None else {},
        "ready": False,
        "restartCount": before["restartCount"] if before is not None else 0,
        "image": spec["image"],
        "imageID": "",
        "started": False,
    }


def _living(spec: Object, lives: list[Container], readings: Readings, waiting: str, *, init: bool) -> Object:
    newest = lives[0]
    ready = (
        newest.exited and newest.exit_code == 0 if init else newest.running and readings.ready(spec, newest)
    )
    last = next((life for life in lives[1:] if life.exited), None)
    return {
        "name": newest.name,
        "state": _state(newest, waiting),
        "lastState": {} if last is None else {"terminated": _terminated(last)},
        "ready": ready,
        "restartCount": newest.attempt,
        "image": newest.image,
        "imageID": newest.image_ref,
        "containerID": f"containerd://{newest.id}",
        "started": newest.running and (init or readings.started(spec, newest)),
        **granted_to_container(spec),
    }


def _continued(result: Object, before: Object | None) -> Object:
    """Lives that the runtime has forgotten still count."""
    if before is None or "containerID" not in before:
        return result
    same = before["containerID"] == result["containerID"]
    count = before["restartCount"] + (0 if same else 1)
    if result["restartCount"] >= count:
        return result
    last = before["lastState"] if same else before["state"]
    return result | {"restartCount": count, "lastState": result["lastState"] or last}


def _state(container: Container, waiting: str) -> Object:
    if container.running:
        return {"running": {"startedAt": moment(container.started_at)}}
    if container.exited:
        return {"terminated": _terminated(container)}
    return {"waiting": {"reason": waiting}}


def _terminated(container: Container) -> Object:
    ended: Object = {"exitCode": container.exit_code, "reason": container.reason}
    if container.message:
        ended["message"] = container.message
    return ended | {
        "startedAt": moment(container.started_at),
        "finishedAt": moment(container.finished_at),
        "containerID": f"containerd://{container.id}",
    }


def should_restart(pod: Object, spec: Object, status: PodStatus, *, init: bool = False) -> bool:
    """`helpers.go:ShouldContainerBeRestarted`."""
    newest = status.newest(spec["name"])
    if newest is None:
        return True
    if newest.running:
        return False
    policy = pod["spec"].get("restartPolicy", "Always")
    if not newest.exited:
        return True
    if policy == "Never":
        return False
    return not ((policy == "OnFailure" or init) and newest.exit_code == 0)
