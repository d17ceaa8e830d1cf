"""Whether a stage's expectations have come true, and held: a value that each event, mirror pod and instant advances."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

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
from podwright.plan.expectations import Expectation, WaitFor
from podwright.plan.futile import futile_after
from podwright.plan.health import Health, Source, judge, still_serves
from podwright.plan.observed import Observation, ObservedContainer, Unavailable
from podwright.plan.standing import Gap, Standing
from podwright.plan.view import ConnectionLost, MirrorsSeen, View
from podwright.pods.pod_ref import PodRef

#: seconds that a witness which stops answering during the run is waited for before the others are enough
PATIENCE_SECONDS = 20.0
#: seconds after which a file that somebody else changed meanwhile is not waited for any more: no kubelet brings it back
LOST_FILE_SECONDS = 5.0
#: seconds in which a kubelet has made the sandbox of what it admits, as a rule
ADMITTED_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Instant:
    """Now, by the controller's monotonic clock: everything that was seen is judged."""

    now: float


@dataclass(frozen=True, slots=True)
class Proof:
    """What is known, and how each expectation stands.

    A pod counts only once every witness that could be asked has agreed for `hold` seconds, or its containers are older
    than that; nothing holds while a pod that this run removes or replaces is there (last seen at `leaving_at`, which is
    `leaving_clock` on the node): it may answer the new pod's probe. A witness that could be asked before (`answering`)
    and does not answer now is waited for, for `patience` seconds. `at_rest`: nothing was changed, so what shows no
    containers need not hold. A failure that cannot heal by waiting is waited for `wait_on` seconds.
    """

    view: View
    standings: tuple[Standing, ...]
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
        """From one observation; `api` says whether the API can be asked."""
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
        standings = (Standing(judge(entry, self.view.evidence(entry))) for entry in expectations)
        return replace(self, standings=tuple(standings), lost_since=None, leaving_at=None)

    @property
    def healths(self) -> tuple[Health, ...]:
        return tuple(standing.health for standing in self.standings)

    @property
    def proven(self) -> bool:
        return all(health.proven for health in self.healths)

    @property
    def unwell(self) -> tuple[ObservedContainer, ...]:
        """The containers that keep a pod from being proven: their own last words say why."""
        waiting = (standing.expectation for standing in self.standings if not standing.health.proven)
        return tuple(
            entry for wanted in waiting if not wanted.gone for entry in unwell(wanted, self.view.runtime)
        )

    @property
    def done(self) -> bool:
        """Whether waiting any longer changes nothing: what is not proven cannot heal, or its file is lost."""
        lost = self.lost_since is not None and self.view.uptime - self.lost_since >= LOST_FILE_SECONDS
        return lost or all(standing.health.proven or standing.futile for standing in self.standings)

    @property
    def unstarted(self) -> tuple[tuple[PodRef, float], ...]:
        """Written pods of which nothing runs some seconds later, each with when it was written (the node's Unix time)."""
        return tuple(
            (entry.expectation.pod, self.view.clock + entry.tried_at)
            for entry in self.standings
            if entry.expectation.pod and entry.expectation.pod not in self.refused
            if entry.tried_at is not None and self.view.uptime - entry.tried_at >= ADMITTED_SECONDS
            if entry.expectation.wait_for is not WaitFor.FILE and not entry.health.uid and self.view.clock
        )

    @property
    def gaps(self) -> tuple[Gap, ...]:
        return tuple(gap for gap in (standing.gap for standing in self.standings) if gap)

    @property
    def mirrors_wanted(self) -> tuple[PodRef, ...]:
        """The pods whose mirrors are to be looked up; also if nothing else shows whether they run."""
        blind = isinstance(self.view.pods, Unavailable)
        wanted = (standing.expectation for standing in self.standings)
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
            case Ticked(uptime):
                # what the runtime showed last still stands
                standings = tuple(standing.saw(uptime, self.view.runtime) for standing in self.standings)
                return replace(self, view=self.view.advance(event), standings=standings)
            case RuntimeSeen(uptime, pods):
                standings = tuple(standing.saw(uptime, pods) for standing in self.standings)
                return replace(self, view=self.view.advance(event), standings=standings)
        return replace(self, view=self.view.advance(event))

    def _with_text(self, name: str, write: int) -> Proof:
        """With the text of an expectation's first (0) or last (-1) write in place."""
        found = [entry.expectation.sha256s for entry in self.standings if entry.expectation.file_name == name]
        sha256 = next((texts[write] for texts in found if texts), None)
        return replace(self, view=self.view.with_file(name, sha256))

    def _written(self, name: str, uptime: float) -> Proof:
        """Until then the old pod ran."""
        standings = tuple(
            replace(entry, written_at=uptime) if entry.expectation.file_name == name else entry
            for entry in self.standings
        )
        return replace(self, standings=standings)._tried(name, uptime)

    def _tried(self, name: str, uptime: float) -> Proof:
        """The kubelet sees another pod than before, and may admit it although it refused the one before."""
        mine = [entry.expectation.pod for entry in self.standings if entry.expectation.file_name == name]
        standings = tuple(
            replace(entry, tried_at=uptime) if entry.expectation.file_name == name else entry
            for entry in self.standings
        )
        refused = {pod: refusal for pod, refusal in self.refused.items() if pod not in mine}
        return replace(self, standings=standings, refused=refused)

    def _judged(self, now: float) -> Proof:
        leaving = any(self._leaves(standing.expectation) for standing in self.standings)
        proof = self
        if leaving:
            proof = replace(self, leaving_at=now, leaving_clock=self.view.clock + self.view.uptime)
        standings = tuple(proof._failing(proof._next(standing, now), now) for standing in self.standings)
        waiting = [standing.health for standing in standings if not standing.health.proven]
        lost = bool(waiting) and all(health.file_is_lost for health in waiting)
        since = self.view.uptime if self.lost_since is None else self.lost_since
        return replace(proof, standings=standings, lost_since=since if lost else None)

    def _leaves(self, expectation: Expectation) -> bool:
        """Whether a pod that is to go, or to be replaced, may still serve."""
        if expectation.pod is None or expectation.wait_for is WaitFor.FILE:
            return False
        if expectation.gone:
            return still_serves(judge(expectation, self.view.evidence(expectation)))
        old = [pod for pod in self.view.runtime if pod.uid == expectation.old_uid]
        return any(pod.ready or any(entry.running for entry in pod.containers) for pod in old)

    def _next(self, standing: Standing, now: float) -> Standing:
        health = judge(standing.expectation, self.view.evidence(standing.expectation))
        if not health.agreed:
            lapsed = standing.since is not None or standing.lapse
            return replace(
                standing, health=health, since=None, lapse=health.missing if lapsed else standing.lapse
            )
        identity = (health.uid, self.view.containers_of(health.uid))
        since = now if standing.since is None or identity != standing.identity else standing.since
        kept = standing.tried_at is None
        health = replace(health, settled=self._settled(health, since, now, kept=kept))
        return replace(standing, health=health, identity=identity, since=since)

    def _failing(self, standing: Standing, now: float) -> Standing:
        """With whether what is missing can heal by itself, and is waited for although it cannot."""
        health = standing.health
        seconds = 0.0 if health.expectation.pod in self.refused else futile_after(health, self.view)
        if health.proven or seconds is None:
            return replace(standing, failing_since=None, futile=False)
        since = now if standing.failing_since is None else standing.failing_since
        return replace(standing, failing_since=since, futile=now - since >= seconds + self.wait_on)

    def _settled(self, health: Health, since: float, now: float, *, kept: bool) -> bool:
        """Whether what is met now has been met for long enough: a crash loop is well at every other instant."""
        expectation, seconds = health.expectation, now - since
        if expectation.wait_for is WaitFor.FILE:
            return True
        if seconds < self.patience and any(entry.name in self.answering for entry in health.unknown):
            return False
        if expectation.gone:
            return not self._needs_confirmation(health)
        created = [created for _, created in self.view.containers_of(health.uid)]
        if self.leaving_at is not None:
            # started beside the old pod: its probe must have had the time to fail without that
            beside = not kept and any(entry <= self.leaving_clock for entry in created)
            hold = max(self.hold, expectation.unready_seconds) if beside else self.hold
            return min(seconds, now - self.leaving_at) >= hold
        if not created and self.at_rest:
            return True
        age = self.view.clock + self.view.uptime - max(created) if created and self.view.clock else 0.0
        return max(seconds, age) >= self.hold
