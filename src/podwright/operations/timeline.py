"""When each pod was seen to run, and from it how long an update left nothing running."""

from __future__ import annotations

from dataclasses import dataclass

from podwright.plan.health import Expectation
from podwright.plan.observed import ObservedPod


@dataclass(frozen=True, slots=True)
class Gap:
    """How long nothing of a pod ran during an update, at most; seconds."""

    pod: str
    seconds: float


class Timeline:
    """When each pod was seen to run, by the node's monotonic clock: from it, how long an update left nothing running."""

    def __init__(self) -> None:
        self._seen: list[tuple[float, frozenset[tuple[str, str]]]] = []
        self._written: dict[str, float] = {}

    def wrote(self, uptime: float, file_name: str) -> None:
        """Until then the old pod ran."""
        self._written[file_name] = uptime

    def saw(self, uptime: float, pods: tuple[ObservedPod, ...]) -> None:
        running = frozenset(
            (str(pod.ref), pod.uid)
            for pod in pods
            if pod.ready and any(container.running for container in pod.containers)
        )
        self._seen.append((uptime, running))

    def gap(self, expectation: Expectation, uid: str) -> Gap | None:
        """The longest that can have passed between the old pod's end and the start of the pod `uid`; None if unknown."""
        name, written = str(expectation.pod), self._written.get(expectation.file_name)
        if written is None or not expectation.old_uid or uid in ("", expectation.old_uid):
            return None
        old = [at for at, running in self._seen if (name, expectation.old_uid) in running]
        new = [at for at, running in self._seen if (name, uid) in running]
        return Gap(name, max(0.0, min(new) - max([written, *old]))) if new else None
