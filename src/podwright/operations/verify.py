"""Holds what a node and the API show against what is expected, as it comes, until it is proven or time is up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from podwright.operations.timeline import Timeline
from podwright.plan.events import (
    ClockRead,
    Event,
    FilesSeen,
    JournalRead,
    KubeletGone,
    RuntimeSeen,
    RuntimeUnavailable,
    Ticked,
    Written,
)
from podwright.plan.health import Evidence, Expectation, FileWitness, Health, Says, Witness, judge
from podwright.plan.observed import MirrorPod, Observation, ObservedPod, Unavailable
from podwright.pods.pod_ref import PodRef
from podwright.remote.kube.mirrors import Mirrors

#: seconds that a witness which fell silent during the run is waited for before its silence is accepted
SILENCE_SECONDS = 20.0
#: seconds after which a file that somebody else changed meanwhile is not waited for any more: no kubelet brings it back
LOST_FILE_SECONDS = 5.0


def judge_observation(
    expectations: Iterable[Expectation], observation: Observation, mirrors: Mirrors
) -> tuple[Health, ...]:
    """The verdict from one look at the node, without waiting."""
    return tuple(
        judge(expectation, evidence_of(expectation, observation, mirrors)) for expectation in expectations
    )


def evidence_of(expectation: Expectation, observation: Observation, mirrors: Mirrors) -> Evidence:
    file = observation.file(expectation.file_name) if expectation.file_name else None
    witness = FileWitness(file.sha256 if file else None, _duplicates(expectation, observation))
    return Evidence(
        file=witness,
        sandboxes=_sandboxes(expectation, observation.pods, observation.pods_problem),
        mirror=_mirror(expectation, mirrors),
    )


def _duplicates(expectation: Expectation, observation: Observation) -> tuple[str, ...]:
    name = expectation.pod.name.removesuffix(f"-{observation.node_name}")
    files = observation.files_of(PodRef(expectation.pod.namespace, name))
    return tuple(file.name for file in files if file.name != expectation.file_name)


def _sandboxes(
    expectation: Expectation, pods: tuple[ObservedPod, ...] | None, problem: str
) -> tuple[ObservedPod, ...] | Unavailable:
    if pods is None:
        return Unavailable(problem)
    return tuple(pod for pod in pods if pod.ref == expectation.pod)


def _mirror(expectation: Expectation, mirrors: Mirrors) -> MirrorPod | Unavailable | None:
    if not expectation.gone and not expectation.wait_for.includes(expectation.wait_for.__class__.MIRROR):
        return Unavailable("not asked for")
    return mirrors.see(expectation.pod)


class Verification:
    """Takes each event of the node's program; `on_event` says whether to go on.

    A pod counts as well only when every witness that could be asked agreed for `hold` seconds, or when its containers
    are older than that already. A witness that falls silent meanwhile is waited for.
    """

    def __init__(
        self,
        expectations: tuple[Expectation, ...],
        observation: Observation,
        mirrors: Mirrors,
        *,
        hold: float,
        clock: Callable[[], float],
    ) -> None:
        self.expectations = expectations
        self.healths: tuple[Health, ...] = ()
        self.journal = ""
        self.kubelet_gone = False
        #: why what had been proven once was so no more, as last seen
        self.lapses: dict[Expectation, tuple[Witness, ...]] = {}
        self._observation = observation
        self._mirrors = mirrors
        self._hold = hold
        self._clock = clock
        self._sums: Mapping[str, str] | None = None
        self.pods: tuple[ObservedPod, ...] | None = observation.pods
        self._pods_problem = observation.pods_problem
        self._proven_since: dict[Expectation, tuple[str, float]] = {}
        self._settled: frozenset[Expectation] = frozenset()
        self._lost_since: float | None = None
        self._node_clock = (0.0, 0.0)
        self.timeline = Timeline()

    def on_event(self, event: Event) -> bool:
        """Take one event in; False once everything is proven and held."""
        match event:
            case ClockRead():
                self._node_clock = (event.uptime, event.wall)
            case FilesSeen():
                self._sums = event.sums
            case RuntimeSeen():
                self.pods = event.pods
                self.timeline.saw(event.uptime, event.pods)
            case RuntimeUnavailable():
                self.pods, self._pods_problem = None, event.reason
            case Written():
                self.timeline.wrote(event.uptime, event.file_name)
            case KubeletGone():
                self.kubelet_gone = True
            case JournalRead():
                self.journal = event.text
            case Ticked():
                return not (self._all_proven(event.uptime) or self._files_are_lost(event.uptime))
        return True

    def judge_now(self) -> tuple[Health, ...]:
        """The verdict on everything seen so far, kept in `healths`."""
        self.healths = tuple(
            judge(expectation, self._evidence(expectation)) for expectation in self.expectations
        )
        return self.healths

    def _all_proven(self, uptime: float) -> bool:
        self.judge_now()
        held = [health for health in self.healths if self._held(health, uptime)]
        self._settled = frozenset(health.expectation for health in held)
        return len(held) == len(self.healths)

    def _files_are_lost(self, uptime: float) -> bool:
        """Whether all that is still missing waits for a file that is not as it was written, for a while already."""
        waiting = [health for health in self.healths if not self.settled(health)]
        if not waiting or not all(health.file_is_lost for health in waiting):
            self._lost_since = None
            return False
        if self._lost_since is None:
            self._lost_since = uptime
        return uptime - self._lost_since >= LOST_FILE_SECONDS

    def settled(self, health: Health) -> bool:
        """Whether it had held for long enough when the node last spoke: a crash loop is well at every other instant."""
        return health.proven and health.expectation in self._settled

    def _held(self, health: Health, uptime: float) -> bool:
        if not health.proven:
            if self._proven_since.pop(health.expectation, None) or health.expectation in self.lapses:
                self.lapses[health.expectation] = health.missing
            return False
        now = self._clock()
        identity = health.uid + str(self._attempts(health))
        known, since = self._proven_since.setdefault(health.expectation, (identity, now))
        if known != identity:
            self._proven_since[health.expectation] = (identity, now)
            return False
        if self._fell_silent(health) and now - since < SILENCE_SECONDS:
            return False
        if health.expectation.gone:
            return self._gone_for_sure(health)
        return now - since >= self._hold or self._age(health, uptime) >= self._hold

    def _attempts(self, health: Health) -> tuple[int, ...]:
        return tuple(
            container.attempt
            for pod in self.pods or ()
            if pod.uid == health.uid and pod.ready
            for container in pod.containers
        )

    def _fell_silent(self, health: Health) -> bool:
        """A witness that this run can ask says nothing just now."""
        asked = {"sandbox": self._observation.pods is not None, "mirror": not self._mirrors.unavailable}
        wanted = (
            health.expectation.gone or health.expectation.wait_for is not health.expectation.wait_for.RUNNING
        )
        return any(
            asked.get(witness.name, False) and (witness.name != "mirror" or wanted)
            for witness in health.unknown
        )

    def _gone_for_sure(self, health: Health) -> bool:
        """A mirror that the watch does not show may only have lost its label: ask for it by name."""
        mirror = self._mirrors.see(health.expectation.pod, fresh=True)
        return not isinstance(mirror, MirrorPod) or mirror.config_mirror is None

    def _age(self, health: Health, uptime: float) -> float:
        """Seconds since the youngest container of the proven pod was created, by the node's own clock."""
        created = [
            container.created_at
            for pod in self.pods or ()
            if pod.uid == health.uid
            for container in pod.containers
            if container.running
        ]
        at_uptime, at_wall = self._node_clock
        return at_wall + (uptime - at_uptime) - max(created) if created and at_wall else 0.0

    def _evidence(self, expectation: Expectation) -> Evidence:
        return Evidence(
            file=self._file(expectation),
            sandboxes=_sandboxes(expectation, self.pods, self._pods_problem),
            mirror=_mirror(expectation, self._mirrors),
        )

    def _file(self, expectation: Expectation) -> FileWitness | Unavailable:
        if self._sums is None:
            return Unavailable("the node has not shown its folder yet")
        # a file that this run writes defines what it was written with, not what it was seen to define
        ours = {entry.file_name for entry in self.expectations}
        others = _duplicates(expectation, self._observation)
        duplicates = tuple(name for name in others if name in self._sums and name not in ours)
        return FileWitness(self._sums.get(expectation.file_name), duplicates)


def silence(healths: Iterable[Health], reason: str) -> tuple[Health, ...]:
    """The same expectations when the connection is gone: what the node itself would say is unknown."""
    return tuple(
        replace(
            health,
            witnesses=tuple(
                Witness(entry.name, Says.UNKNOWN, reason) if entry.name != "mirror" else entry
                for entry in health.witnesses
            ),
        )
        for health in healths
    )
