"""The STATUS, READY and RESTARTS of a pod as `kubectl get` prints them (`printPod` in the API server's printers)."""

from __future__ import annotations

from podwright_lab.api.objects import Object


def shown_status(pod: Object) -> str:
    """One word for the pod: its reason, the first init container that holds it, the last container in trouble."""
    status = pod.get("status") or {}
    reason = str(status.get("reason") or status.get("phase") or "Unknown")
    if _condition(status, "PodScheduled").get("reason") == "SchedulingGated":
        reason = "SchedulingGated"
    initializing = _init_reason(pod, status)
    if initializing is not None:
        reason = initializing
    if initializing is None or _condition(status, "Initialized").get("status") == "True":
        reason = _container_reason(status, reason if initializing is None else _phase(status))
    metadata = pod["metadata"]
    if metadata.get("deletionTimestamp") and status.get("reason") == "NodeLost":
        return "Unknown"
    if metadata.get("deletionTimestamp") and status.get("phase") not in ("Succeeded", "Failed"):
        return "Terminating"
    return reason


def _phase(status: Object) -> str:
    return str(status.get("reason") or status.get("phase") or "Unknown")


def _condition(status: Object, kind: str) -> Object:
    found = (condition for condition in status.get("conditions") or () if condition.get("type") == kind)
    return next(found, {})


def _init_reason(pod: Object, status: Object) -> str | None:
    declared = pod["spec"].get("initContainers") or []
    sidecars = {container.get("name") for container in declared if container.get("restartPolicy") == "Always"}
    for index, container in enumerate(status.get("initContainerStatuses") or ()):
        state = container.get("state") or {}
        terminated, waiting = state.get("terminated"), state.get("waiting") or {}
        if terminated and terminated.get("exitCode", 0) == 0:
            continue
        if container.get("name") in sidecars and container.get("started"):
            continue
        if terminated:
            return f"Init:{_ended(terminated)}"
        if waiting.get("reason") and waiting["reason"] != "PodInitializing":
            return f"Init:{waiting['reason']}"
        return f"Init:{index}/{len(declared)}"
    return None


def _ended(terminated: Object) -> str:
    if terminated.get("reason"):
        return str(terminated["reason"])
    if terminated.get("signal"):
        return f"Signal:{terminated['signal']}"
    return f"ExitCode:{terminated.get('exitCode', 0)}"


def _container_reason(status: Object, reason: str) -> str:
    running = False
    for container in reversed(status.get("containerStatuses") or ()):
        state = container.get("state") or {}
        waiting, terminated = state.get("waiting") or {}, state.get("terminated")
        if waiting.get("reason"):
            reason = str(waiting["reason"])
        elif terminated is not None:
            reason = _ended(terminated)
        elif container.get("ready") and state.get("running"):
            running = True
    if reason == "Completed" and running:
        return "Running" if _condition(status, "Ready").get("status") == "True" else "NotReady"
    return reason


def ready_count(pod: Object) -> tuple[int, int]:
    """Running and ready containers, and how many there should be; sidecars count among both."""
    status, spec = pod.get("status") or {}, pod["spec"]
    declared = [*(spec.get("containers") or ()), *_sidecars(spec)]
    names = {container.get("name") for container in declared}
    shown = [*(status.get("containerStatuses") or ()), *(status.get("initContainerStatuses") or ())]
    ready = sum(
        bool(container.get("ready")) and bool((container.get("state") or {}).get("running"))
        for container in shown
        if container.get("name") in names
    )
    return ready, len(declared)


def _sidecars(spec: Object) -> list[Object]:
    return [part for part in spec.get("initContainers") or () if part.get("restartPolicy") == "Always"]


def restarts(pod: Object) -> tuple[int, str]:
    """How often containers were restarted, and when one last ended (empty if never)."""
    status = pod.get("status") or {}
    sidecars = {container.get("name") for container in _sidecars(pod["spec"])}
    initializing = _init_reason(pod, status) is not None
    counted = [
        container
        for container in status.get("initContainerStatuses") or ()
        if initializing or container.get("name") in sidecars
    ]
    if not initializing or _condition(status, "Initialized").get("status") == "True":
        counted += status.get("containerStatuses") or ()
    ended = [
        ((part.get("lastState") or {}).get("terminated") or {}).get("finishedAt") or "" for part in counted
    ]
    return sum(int(part.get("restartCount") or 0) for part in counted), max(ended, default="")
