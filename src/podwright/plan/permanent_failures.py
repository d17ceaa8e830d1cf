"""Failures of a new pod that no waiting heals: a person has to change something."""

from __future__ import annotations

from podwright.plan.health import Health
from podwright.plan.node_view import View
from podwright.plan.observed import ContainerState, MirrorPod, ObservedPod

#: the third start of a container, which a kubelet makes after some 30 s
LAST_ATTEMPT = 2
#: seconds in which a kubelet tries a failed pull a second time: a registry may be away for an instant
PULL_SECONDS = 20.0

#: why a container waits (kubelet v1.22 to v1.36)
_NEVER = frozenset({"ErrImageNeverPull", "InvalidImageName"})
_AFTER_A_SECOND_TRY = frozenset({"ErrImagePull", "ImagePullBackOff", "CreateContainerConfigError"})


def futile_after(health: Health, view: View) -> float | None:
    """Seconds that what is missing must last to be futile to wait for; None: it may yet become well."""
    expectation = health.expectation
    if not health.missing or expectation.gone or health.file_is_lost:
        return None
    mirror = view.mirrors.get(expectation.pod) if expectation.pod else None
    states = mirror.containers if isinstance(mirror, MirrorPod) and _is_of(mirror, health) else ()
    reasons = {entry.reason for entry in states if entry.state == "waiting"}
    if reasons & _NEVER or _crash_loops(states, view.runtime, health.uid):
        return 0.0
    return PULL_SECONDS if reasons & _AFTER_A_SECOND_TRY else None


def _is_of(mirror: MirrorPod, health: Health) -> bool:
    """A mirror may still be of the pod before."""
    if health.uid:
        return mirror.config_mirror == health.uid
    expectation = health.expectation
    return mirror.config_mirror != expectation.old_uid and mirror.digest == expectation.digest


def _crash_loops(states: tuple[ContainerState, ...], pods: tuple[ObservedPod, ...], uid: str) -> bool:
    """Whether a container has ended its third start."""
    seen = [entry for pod in pods if uid and pod.uid == uid for entry in pod.containers]
    return any(
        entry.attempt > LAST_ATTEMPT or (entry.attempt == LAST_ATTEMPT and not entry.running)
        for entry in seen
    ) or any(entry.restart_count >= LAST_ATTEMPT and entry.reason == "CrashLoopBackOff" for entry in states)
