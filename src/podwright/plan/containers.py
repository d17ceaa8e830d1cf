"""What keeps a pod's containers from running, or from being ready: as the runtime shows it, and as the API does."""

from __future__ import annotations

from collections.abc import Iterable

from podwright.plan.expectations import Expectation
from podwright.plan.observed import MirrorPod, ObservedContainer, ObservedPod, Unavailable
from podwright.plan.reasons import Condition, Reason, because
from podwright.text import counted

#: seconds of one run after which the kubelet forgets a container's crashes (twice its longest back-off)
FORGOTTEN_SECONDS = 600.0

Mirror = MirrorPod | Unavailable | None

_WAITS = {
    "ContainerCreating": Condition.CONTAINER_CREATING,
    "PodInitializing": Condition.CONTAINER_CREATING,
    "CrashLoopBackOff": Condition.CRASH_BACK_OFF,
}
_PHASES = {"": Condition.PENDING, "Pending": Condition.PENDING, "Failed": Condition.FAILED}


def not_running(
    expectation: Expectation, pod: ObservedPod, mirror: Mirror, now: float
) -> Reason[Condition] | None:
    """Why the containers of a sandbox do not all run; `now` is the node's Unix time."""
    completes = expectation.runs_to_completion
    if loop := crash_loop(expectation.containers, pod, mirror, now, completes=completes):
        return loop
    seen = _last(expectation.containers, pod, completes=completes)
    down = {name: entry for name, entry in seen.items() if not (entry and entry.running)}
    if not down:
        return None
    ended = any(entry and _exited(entry) for entry in down.values())
    return because(Condition.CONTAINERS_DOWN if ended else Condition.NOT_STARTED, names=tuple(down))


def crash_loop(
    names: Iterable[str], pod: ObservedPod, mirror: Mirror, now: float, *, completes: bool
) -> Reason[Condition] | None:
    """Which of these containers crash-loops first, if any does; if the pod runs to completion, none that has ended."""
    for name, entry in _last(names, pod, completes=completes).items():
        if entry and crash_loops(entry, pod, now):
            ends = last_end(name, entry.attempt, mirror, pod.uid)
            return because(Condition.CRASH_LOOPING, name=name, ends=ends)
    return None


def _last(names: Iterable[str], pod: ObservedPod, *, completes: bool) -> dict[str, ObservedContainer | None]:
    """The newest container of each name; without those that have run to completion."""
    by_name = {container.name: container for container in pod.containers}
    seen = {name: by_name.get(name) for name in names}
    return {name: entry for name, entry in seen.items() if not (completes and entry and _exited(entry))}


def _exited(container: ObservedContainer) -> bool:
    return container.state == "CONTAINER_EXITED"


def crash_loops(container: ObservedContainer, pod: ObservedPod, now: float) -> bool:
    """Whether it was started again and is down, or has not run for as long yet as its earlier starts were apart.

    The first start in a sandbox of the same uid, after a reboot or if its file came again, counts on and is none; a sandbox
    in which nothing was started counts too, but no container's attempts. If a time is not known, one that runs is taken
    for well.
    """
    again = container.attempt - min(
        pod.attempt, container.attempt if container.first is None else container.first
    )
    if again <= 0 or not container.running:
        return again > 0
    if not (now and container.created_at and pod.created_at):
        return False
    apart = (container.created_at - pod.created_at) / again
    return max(0.0, now - container.created_at) < apart < FORGOTTEN_SECONDS


def not_ready(mirror: MirrorPod) -> Reason[Condition]:
    """Why a mirror pod is not Ready."""
    down = [container for container in mirror.containers if not container.ready]
    for entry in down:
        if entry.reason:
            why = f"{entry.reason}: {entry.message}" if entry.message else entry.reason
            kind = _WAITS.get(entry.reason, Condition.CONTAINER_WAITS)
            if entry.state == "terminated" and entry.restart_count and entry.reason != "Completed":
                # between its end and the back-off; of an init container only the API shows it
                kind = Condition.CRASH_BACK_OFF
            ends = last_end(entry.name, entry.restart_count, mirror, mirror.config_mirror or "")
            return because(kind, name=entry.name, state=entry.state, why=why, ends=ends)
    if down:
        return because(Condition.CONTAINERS_NOT_READY, names=tuple(entry.name for entry in down))
    phase = _PHASES.get(mirror.phase)
    return because(phase) if phase else because(Condition.NOT_READY, phase=mirror.phase)


def last_end(name: str, restarts: int, mirror: Mirror, uid: str) -> str:
    """`: 3 restarts, last exit code 1 (Error)`, the end if the API shows one of this very pod."""
    shown = mirror.containers if isinstance(mirror, MirrorPod) and mirror.config_mirror == uid else ()
    last = next((entry for entry in shown if entry.name == name and entry.exit_code is not None), None)
    words = [counted(restarts, "restart")] if restarts else []
    if last:
        why = f" ({last.last_reason})" if last.last_reason else ""
        words.append(f"last exit code {last.exit_code}{why}")
    return f": {', '.join(words)}" if words else ""


def unwell(expectation: Expectation, pods: Iterable[ObservedPod]) -> tuple[ObservedContainer, ...]:
    """The containers of the newest pod of this manifest that have ended, or were started again."""
    ours = [pod for pod in pods if pod.ref == expectation.pod and pod.digest == expectation.digest]
    newest = max(ours, key=lambda pod: pod.created_at, default=None)
    return tuple(entry for entry in newest.containers if entry.attempt or _exited(entry)) if newest else ()
