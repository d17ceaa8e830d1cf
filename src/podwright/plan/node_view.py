"""What is known of a node's files and pods, and of their mirrors, at one instant."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from podwright.plan.events import (
    ClockRead,
    Deleted,
    Event,
    FilesSeen,
    RuntimeSeen,
    RuntimeUnavailable,
    Ticked,
)
from podwright.plan.expectations import Expectation
from podwright.plan.health import Evidence
from podwright.plan.observed import MirrorPod, ObservedPod, Unavailable
from podwright.pods.pod_ref import PodRef

Mirror = MirrorPod | Unavailable | None


class MirrorsSeen(Struct, frozen=True):
    """What the API shows of pods; `fresh`: asked for by name just now, and not only by our label."""

    mirrors: Mapping[PodRef, Mirror]
    fresh: bool = False


class ConnectionLost(Struct, frozen=True):
    """The node reports no more: of what it showed nothing is known any longer."""

    reason: str


class View(Struct, frozen=True):
    """All that is known at one instant; `clock` is the node's Unix time at its uptime 0, if that is known."""

    files: Mapping[str, str] | Unavailable
    pods: tuple[ObservedPod, ...] | Unavailable
    mirrors: Mapping[PodRef, Mirror] = field(default_factory=dict)
    fresh: frozenset[PodRef] = frozenset()
    uptime: float = 0.0
    clock: float = 0.0

    def evidence(self, expectation: Expectation) -> Evidence:
        pods = self.pods
        if not isinstance(pods, Unavailable):
            pods = tuple(pod for pod in pods if pod.ref == expectation.pod)
        file = self.files if isinstance(self.files, Unavailable) else self.files.get(expectation.file_name)
        mirror: Mirror = Unavailable("not asked for")
        if expectation.pod is not None:
            mirror = self.mirrors.get(expectation.pod, mirror)
        return Evidence(file, pods, mirror, self.clock + self.uptime if self.clock else 0.0)

    @property
    def runtime(self) -> tuple[ObservedPod, ...]:
        """The pods that the runtime shows; none if it cannot be asked."""
        return () if isinstance(self.pods, Unavailable) else self.pods

    def containers_of(self, uid: str) -> tuple[tuple[int, float], ...]:
        """Attempt and creation (Unix seconds) of each container of a pod."""
        return tuple(
            (entry.attempt, entry.created_at)
            for pod in self.runtime
            if uid and pod.uid == uid
            for entry in pod.containers
        )

    def advance(self, event: Event | MirrorsSeen | ConnectionLost) -> View:
        """The view with one more thing known."""
        match event:
            case ClockRead(uptime, wall):
                return replace(self, uptime=uptime, clock=wall - uptime)
            case Ticked(uptime, _):
                return replace(self, uptime=uptime)
            case FilesSeen(sums):
                return replace(self, files=sums)
            case Deleted(_, name):
                return self.with_file(name, None)
            case RuntimeSeen(_, pods, _):
                return replace(self, pods=pods)
            case RuntimeUnavailable(reason):
                return replace(self, pods=Unavailable(reason))
            case MirrorsSeen(mirrors, fresh):
                known = {**self.mirrors, **mirrors}
                return replace(self, mirrors=known, fresh=frozenset(mirrors) if fresh else frozenset())
            case ConnectionLost(reason):
                return replace(self, files=Unavailable(reason), pods=Unavailable(reason))
        return self

    def with_file(self, name: str, sha256: str | None) -> View:
        """A file as the node reports that it left it; it checked the digest itself."""
        files = {} if isinstance(self.files, Unavailable) else {**self.files}
        files.pop(name, None)
        return replace(self, files={**files, name: sha256} if sha256 else files)
