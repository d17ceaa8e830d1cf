"""How well one expectation is met, and how long nothing of its pod ran: as of what was seen so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from podwright.plan.expectations import Expectation
from podwright.plan.health import Health, SourceState
from podwright.plan.observed import ObservedPod


class Gap(Struct, frozen=True):
    """How long nothing of a pod ran during an update, at most; seconds."""

    pod: str
    seconds: float


class Track(Struct, frozen=True):
    """How well one expectation is met: since when it is met by the same containers, and what was wrong when it last was not.

    `tried_at` is the uptime of the last write, the second one too: since then the kubelet may have refused it.
    `failed`: what is missing cannot heal by itself; `futile`: and was waited for even so for as long as was asked.
    `written_at`, `old_seen_at` (None: it did not run) and `first_seen` (of each uid) are uptimes, for how long nothing ran.
    """

    health: Health
    identity: tuple[str, tuple[tuple[int, float], ...]] = ("", ())
    since: float | None = None
    lapse: tuple[SourceState, ...] = ()
    written_at: float | None = None
    tried_at: float | None = None
    failing_since: float | None = None
    failed: bool = False
    futile: bool = False
    old_seen_at: float | None = None
    first_seen: Mapping[str, float] = field(default_factory=dict)

    @property
    def expectation(self) -> Expectation:
        return self.health.expectation

    @property
    def gap(self) -> Gap | None:
        """The longest that can have passed between the old pod's end and the new one's start; None if unknown."""
        uid, old = self.health.uid, self.expectation.old_uid
        if self.written_at is None or self.old_seen_at is None or uid == old or uid not in self.first_seen:
            return None
        # before the write nothing made it end
        ended = max(self.written_at, self.old_seen_at)
        return Gap(self.expectation.subject, max(0.0, self.first_seen[uid] - ended))

    def grace_left(self, uptime: float) -> float:
        """Seconds that the pod which is to end may still take for that."""
        return 0.0 if self.written_at is None else self.written_at + self.expectation.grace - uptime

    def saw(self, uptime: float, pods: Iterable[ObservedPod], asked: float | None = None) -> Track:
        """With what the runtime, asked at `asked`, had answered at `uptime`: each bounds when something ran."""
        expectation = self.expectation
        if not expectation.old_uid and not expectation.beside:
            return self
        seen = [pod for pod in pods if pod.ready and any(entry.running for entry in pod.containers)]
        running = {pod.uid for pod in seen if pod.ref == expectation.pod}
        old_seen_at = self.old_seen_at
        if expectation.old_uid in running or any(pod.ref == expectation.beside for pod in seen):
            old_seen_at = max(uptime if asked is None else asked, old_seen_at or 0.0)
        return replace(
            self, old_seen_at=old_seen_at, first_seen={**dict.fromkeys(running, uptime), **self.first_seen}
        )
