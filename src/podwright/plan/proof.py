"""Whether a stage's expectations have come true, and held: a value that each event, mirror pod and instant advances."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from podwright.plan.admission import Refusal, RefusalSeen
from podwright.plan.containers import unwell
from podwright.plan.events import (
    Deleted,
    Event,
    JournalRead,
    KubeletGone,
    RuntimeSeen,
    SecondWritten,
    Ticked,
    Written,
)
from podwright.plan.expectation_progress import Gap, Track
from podwright.plan.expectations import Expectation, WaitFor
from podwright.plan.failed_pod_evidence import Finding, finding
from podwright.plan.health import Health, Source, judge, still_serves
from podwright.plan.node_view import ConnectionLost, MirrorsSeen, View
from podwright.plan.observed import Observation, ObservedContainer, Unavailable
from podwright.plan.permanent_failures import futile_after
from podwright.pods.pod_ref import PodRef

#: seconds to wait for a source that stops answering during the run, before the others are enough
PATIENCE_SECONDS = 20.0
#: seconds after which a file that another run changed meanwhile is given up: no kubelet restores it
LOST_FILE_SECONDS = 5.0
#: seconds in which a kubelet has made the sandbox of what it admits, as a rule
ADMITTED_SECONDS = 2.0


class Instant(Struct, frozen=True):
    """Now, by the controller's monotonic clock: everything that was seen is judged."""

    now: float


class Proof(Struct, frozen=True):
    """What is known, and how well each expectation is met.

    A pod counts only once every source that could be read has agreed for `hold` seconds, or its containers are older
    than that; nothing holds while a pod that this run removes or replaces is there (last seen at `leaving_at`, which is
    `leaving_clock` on the node): it may answer the new pod's probe. A source that could be read before (`answering`)
    and does not answer now is waited for, for `patience` seconds. `at_rest`: nothing was changed, so what shows no
    containers need not hold. A failure that cannot heal by waiting is waited for `wait_on` seconds.
    """

    view: View
    tracks: tuple[Track, ...]
    hold: float = 0.0
    patience: float = PATIENCE_SECONDS
    answering: frozenset[Source] = frozenset()
    at_rest: bool = False
    wait_on: float = 0.0
    lost_since: float | None = None
    leaving_at: float | None = None
    leaving_clock: float = 0.0
    kubelet_gone: bool = False
    refused: Mapping[PodRef, Refusal] = field(default_factory=dict)
    journal: str = ""
    logs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def begin(
        cls,
        expectations: Iterable[Expectation],
        observation: Observation,
        *,
        hold: float = 0.0,
        patience: float = PATIENCE_SECONDS,
        api: bool = True,
        at_rest: bool = False,
        wait_on: float = 0.0,
    ) -> Proof:
        """From one observation; `api`: the API can be asked."""
        runtime = observation.pods is not None
        view = View(
            files={file.name: file.sha256 for file in observation.files},
            pods=Unavailable(observation.pods_problem) if observation.pods is None else observation.pods,
            clock=observation.clock,
        )
        answering = frozenset({*([Source.SANDBOX] if runtime else []), *([Source.MIRROR] if api else [])})
        proof = cls(view, (), hold, patience, answering, at_rest, wait_on)
        return proof.expecting(expectations)

    def expecting(self, expectations: Iterable[Expectation]) -> Proof:
        """The proof of a following stage, from what is known already."""
        view = self.view
        tracks = (
            Track(judge(entry, view.evidence(entry))).saw(view.uptime, view.runtime) for entry in expectations
        )
        return replace(self, tracks=tuple(tracks), lost_since=None, leaving_at=None)

    @property
    def healths(self) -> tuple[Health, ...]:
        return tuple(track.health for track in self.tracks)

    @property
    def proven(self) -> bool:
        return all(health.proven for health in self.healths)

    @property
    def unwell(self) -> tuple[ObservedContainer, ...]:
        """The containers that keep a pod from being proven: their last output shows why."""
        waiting = (track.expectation for track in self.tracks if not track.health.proven)
        return tuple(
            entry for wanted in waiting if not wanted.gone for entry in unwell(wanted, self.view.runtime)
        )

    @property
    def done(self) -> bool:
        """Whether waiting any longer changes nothing: what is not proven cannot heal, or its file is lost."""
        lost = self.lost_since is not None and self.view.uptime - self.lost_since >= LOST_FILE_SECONDS
        return lost or all(track.health.proven or track.futile for track in self.tracks)

    @property
    def findings(self) -> tuple[tuple[str, Finding], ...]:
        """What is known of each file whose pod is not proven."""
        found = (
            (
                track.expectation.file_name,
                finding(track, self.view, self.answering, refused=track.expectation.pod in self.refused),
            )
            for track in self.tracks
        )
        return tuple((name, what) for name, what in found if what)

    @property
    def unstarted(self) -> tuple[tuple[PodRef, float], ...]:
        """Written pods of which nothing runs some seconds later, each with when it was written (the node's Unix time).

        Not later than it was: uptimes are cut to hundredths, and an answer of before is nobody's.
        """
        return tuple(
            (entry.expectation.pod, self.view.clock + entry.tried_at - 0.01)
            for entry in self.tracks
            if entry.expectation.pod and entry.expectation.pod not in self.refused
            if entry.tried_at is not None and self.view.uptime - entry.tried_at >= ADMITTED_SECONDS
            if entry.expectation.wait_for is not WaitFor.FILE and not entry.health.uid and self.view.clock
        )

    @property
    def gaps(self) -> tuple[Gap, ...]:
        return tuple(gap for gap in (track.gap for track in self.tracks) if gap)

    @property
    def mirrors_wanted(self) -> tuple[PodRef, ...]:
        """The pods whose mirrors are to be looked up; also if nothing else shows whether they run."""
        blind = isinstance(self.view.pods, Unavailable)
        wanted = (track.expectation for track in self.tracks)
        return tuple(
            dict.fromkeys(
                entry.pod
                for entry in wanted
                if entry.pod and entry.wait_for is not WaitFor.FILE and (blind or entry.observes_mirror)
            )
        )

    @property
    def unconfirmed(self) -> tuple[PodRef, ...]:
        """Pods that seem gone: a mirror that the watch does not show may only have lost its label."""
        return tuple(
            health.expectation.pod
            for health in self.healths
            if health.agreed and health.expectation.pod and self._needs_confirmation(health)
        )

    def _needs_confirmation(self, health: Health) -> bool:
        expectation = health.expectation
        return expectation.gone and expectation.observes_mirror and expectation.pod not in self.view.fresh

    def advance(self, event: Event | MirrorsSeen | ConnectionLost | RefusalSeen | Instant) -> Proof:
        """The proof with one more thing known."""
        match event:
            case Instant(now):
                return self._judged(now)
            case Written(uptime, name):
                return self._with_text(name, 0)._written(name, uptime)
            case Deleted(uptime, name):
                return replace(self, view=self.view.advance(event))._written(name, uptime)
            case SecondWritten(uptime, name):
                return self._with_text(name, -1)._tried(name, uptime)
            case RefusalSeen(pod, refusal):
                return replace(self, refused={**self.refused, pod: refusal})
            case KubeletGone():
                return replace(self, kubelet_gone=True)
            case JournalRead(text):
                return replace(self, journal=text)
            case Ticked(uptime, asked) | RuntimeSeen(uptime, _, asked):
                # after a tick what the runtime showed last still stands
                view = self.view.advance(event)
                tracks = tuple(track.saw(uptime, view.runtime, asked) for track in self.tracks)
                return replace(self, view=view, tracks=tracks)
        return replace(self, view=self.view.advance(event))

    def _with_text(self, name: str, write: int) -> Proof:
        """With the text of an expectation's first (0) or last (-1) write in place."""
        found = [entry.expectation.sha256s for entry in self.tracks if entry.expectation.file_name == name]
        sha256 = next((texts[write] for texts in found if texts), None)
        return replace(self, view=self.view.with_file(name, sha256))

    def _written(self, name: str, uptime: float) -> Proof:
        """Until then the old pod ran."""
        tracks = tuple(
            replace(entry, written_at=uptime) if entry.expectation.file_name == name else entry
            for entry in self.tracks
        )
        return replace(self, tracks=tracks)._tried(name, uptime)

    def _tried(self, name: str, uptime: float) -> Proof:
        """The kubelet sees another pod than before, and may admit it although it refused the one before."""
        mine = [entry.expectation.pod for entry in self.tracks if entry.expectation.file_name == name]
        tracks = tuple(
            replace(entry, tried_at=uptime) if entry.expectation.file_name == name else entry
            for entry in self.tracks
        )
        refused = {pod: refusal for pod, refusal in self.refused.items() if pod not in mine}
        return replace(self, tracks=tracks, refused=refused)

    def _judged(self, now: float) -> Proof:
        leaving = any(self._leaves(track.expectation) for track in self.tracks)
        proof = self
        if leaving:
            proof = replace(self, leaving_at=now, leaving_clock=self.view.clock + self.view.uptime)
        tracks = tuple(proof._failing(proof._next(track, now), now) for track in self.tracks)
        waiting = [track.health for track in tracks if not track.health.proven]
        lost = bool(waiting) and all(health.file_is_lost for health in waiting)
        since = self.view.uptime if self.lost_since is None else self.lost_since
        return replace(proof, tracks=tracks, lost_since=since if lost else None)

    def _leaves(self, expectation: Expectation) -> bool:
        """Whether a pod that is to go, or to be replaced, may still serve."""
        if expectation.pod is None or expectation.wait_for is WaitFor.FILE:
            return False
        if expectation.gone:
            return still_serves(judge(expectation, self.view.evidence(expectation)))
        old = [pod for pod in self.view.runtime if pod.uid == expectation.old_uid]
        return any(pod.ready or any(entry.running for entry in pod.containers) for pod in old)

    def _next(self, track: Track, now: float) -> Track:
        health = judge(track.expectation, self.view.evidence(track.expectation))
        if not health.agreed:
            lapsed = track.since is not None or track.lapse
            return replace(track, health=health, since=None, lapse=health.missing if lapsed else track.lapse)
        identity = (health.uid, self.view.containers_of(health.uid))
        since = now if track.since is None or identity != track.identity else track.since
        kept = track.tried_at is None
        health = replace(health, settled=self._settled(health, since, now, kept=kept))
        return replace(track, health=health, identity=identity, since=since)

    def _failing(self, track: Track, now: float) -> Track:
        """With whether what is missing can heal by itself, and is waited for although it cannot."""
        health = track.health
        seconds = None
        if not health.proven:
            seconds = 0.0 if health.expectation.pod in self.refused else futile_after(health, self.view)
        if seconds is None:
            heals = track.failing_since is None
            return track if heals else replace(track, failing_since=None, failed=False, futile=False)
        since = now if track.failing_since is None else track.failing_since
        lasted = now - since - seconds
        return replace(track, failing_since=since, failed=lasted >= 0, futile=lasted >= self.wait_on)

    def _settled(self, health: Health, since: float, now: float, *, kept: bool) -> bool:
        """Whether what is met now has been met for long enough: a crash loop is well at every other instant."""
        expectation, seconds = health.expectation, now - since
        if expectation.wait_for is WaitFor.FILE:
            return True
        if seconds < self.patience and any(entry.source in self.answering for entry in health.unknown):
            return False
        if expectation.gone:
            return not self._needs_confirmation(health)
        created = [created for _, created in self.view.containers_of(health.uid)]
        if self.leaving_at is not None:
            # started beside the old pod: its probe must have had the time to fail without that
            new = not kept or expectation.beside is not None
            beside = new and any(entry <= self.leaving_clock for entry in created)
            hold = max(self.hold, expectation.unready_seconds) if beside else self.hold
            return min(seconds, now - self.leaving_at) >= hold
        if not created and self.at_rest:
            return True
        age = self.view.clock + self.view.uptime - max(created) if created and self.view.clock else 0.0
        return max(seconds, age) >= self.hold
