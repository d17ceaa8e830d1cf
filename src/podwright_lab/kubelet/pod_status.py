"""The status of a pod, as the kubelet reports it (`kubelet_pods.go:generateAPIPodStatus`)."""

from __future__ import annotations

from podwright_lab.api.api_error import Object
from podwright_lab.api.defaults import quality_of_service
from podwright_lab.kubelet.container_status import Readings, container_statuses, init_statuses
from podwright_lab.kubelet.cri import PodStatus
from podwright_lab.kubelet.pod_resources import granted_to_pod

_TERMINAL = ("Succeeded", "Failed")


def pod_status(
    pod: Object,
    runtime: PodStatus,
    readings: Readings,
    *,
    before: Object,
    now: str,
    address: str,
    terminated: bool = False,
) -> Object:
    """`before` is the status that was last reported: its start time and its conditions' times go on."""
    init = init_statuses(pod, runtime, readings, restartable=not terminated)
    ordinary = container_statuses(pod, runtime, readings, restartable=not terminated)
    phase = _phase(pod, init, ordinary)
    if before.get("phase") in _TERMINAL and before.get("phase") != phase and "containerStatuses" in before:
        phase = before["phase"]
    sandbox_ready = any(sandbox.ready for sandbox in runtime.sandboxes)
    status: Object = {"phase": phase}
    conditions = _conditions(phase, init, ordinary, sandbox_ready=sandbox_ready)
    status["conditions"] = [_dated(condition, before, now) for condition in conditions]
    status |= {
        "hostIP": address,
        "hostIPs": [{"ip": address}],
        "podIP": address,
        "podIPs": [{"ip": address}],
        "startTime": before.get("startTime", now),
    }
    if init:
        status["initContainerStatuses"] = init
    return status | {
        "containerStatuses": ordinary,
        "qosClass": quality_of_service(pod["spec"]),
        **granted_to_pod(pod["spec"]),
    }


def rejected_status(pod: Object, reason: str, message: str, now: str) -> Object:
    """What admission leaves of a pod (`kubelet.go:rejectPod`)."""
    return {
        "phase": "Failed",
        "message": f"Pod was rejected: {message}",
        "reason": reason,
        "startTime": now,
        "qosClass": quality_of_service(pod["spec"]),
    }


def lost_containers(status: Object) -> Object:
    """Mark every container without an end as unknown (`status_manager.go:TerminatePod`)."""
    end = {
        "exitCode": 137,
        "reason": "ContainerStatusUnknown",
        "message": "The container could not be located when the pod was terminated",
        "startedAt": None,
        "finishedAt": None,
    }
    init = status.get("initContainerStatuses", [])
    initialized = all(_succeeded(entry) for entry in init)
    changed = dict(status)
    if initialized:
        changed["containerStatuses"] = [_ended(entry, end) for entry in status.get("containerStatuses", [])]
    if init:
        changed["initContainerStatuses"] = [
            entry if "lastState" in entry and _never_ran(entry) else _ended(entry, end) for entry in init
        ]
    return changed


def _never_ran(entry: Object) -> bool:
    return not entry["lastState"] and "waiting" in entry["state"]


def _ended(entry: Object, end: Object) -> Object:
    return (
        entry
        if "terminated" in entry["state"]
        else entry | {"state": {"terminated": end}, "ready": False, "started": False}
    )


def _succeeded(entry: Object) -> bool:
    return "terminated" in entry["state"] and entry["state"]["terminated"]["exitCode"] == 0


def _stopped(entry: Object) -> bool:
    return "terminated" in entry["state"] or ("waiting" in entry["state"] and bool(entry["lastState"]))


def _phase(pod: Object, init: list[Object], ordinary: list[Object]) -> str:
    policy = pod["spec"].get("restartPolicy", "Always")
    failed = [entry for entry in init if _stopped(entry) and not _succeeded(entry)]
    if failed and policy == "Never" and any("terminated" in entry["state"] for entry in failed):
        return "Failed"
    if any(not _succeeded(entry) for entry in init):
        return "Pending"
    if any("waiting" in entry["state"] and not _stopped(entry) for entry in ordinary):
        return "Pending"
    if any("running" in entry["state"] for entry in ordinary) or policy == "Always":
        return "Running"
    if not all("terminated" in entry["state"] for entry in ordinary):
        return "Running"
    if all(_succeeded(entry) for entry in ordinary):
        return "Succeeded"
    return "Failed" if policy == "Never" else "Running"


def _conditions(
    phase: str, init: list[Object], ordinary: list[Object], *, sandbox_ready: bool
) -> list[Object]:
    ready = _readiness(phase, init, ordinary)
    return [
        {"type": "PodReadyToStartContainers", "status": "True" if sandbox_ready else "False"},
        {"type": "Initialized"} | _initialized(phase, init),
        {"type": "Ready"} | ready,
        {"type": "ContainersReady"} | ready,
        {"type": "PodScheduled", "status": "True"},
    ]


def _initialized(phase: str, init: list[Object]) -> Object:
    if phase == "Succeeded":
        return {"status": "True", "reason": "PodCompleted"}
    names = [entry["name"] for entry in init if not _succeeded(entry)]
    if not names:
        return {"status": "True"}
    message = f"containers with incomplete status: [{' '.join(names)}]"
    return {"status": "False", "reason": "ContainersNotInitialized", "message": message}


def _readiness(phase: str, _init: list[Object], ordinary: list[Object]) -> Object:
    if phase == "Succeeded":
        return {"status": "False", "reason": "PodCompleted"}
    if phase == "Failed":
        return {"status": "False", "reason": "PodFailed"}
    names = [entry["name"] for entry in ordinary if not entry["ready"]]
    if not names:
        return {"status": "True"}
    message = f"containers with unready status: [{' '.join(names)}]"
    return {"status": "False", "reason": "ContainersNotReady", "message": message}


def _dated(condition: Object, before: Object, now: str) -> Object:
    old = next((c for c in before.get("conditions", ()) if c["type"] == condition["type"]), None)
    since = old["lastTransitionTime"] if old is not None and old["status"] == condition["status"] else now
    dated: Object = {
        "type": condition["type"],
        "status": condition["status"],
        "lastProbeTime": None,
        "lastTransitionTime": since,
    }
    return dated | {name: condition[name] for name in ("reason", "message") if name in condition}
