"""Holds evidence against an expectation: whether the pod that runs is the one we want, or is truly gone."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from podwright.plan.containers import not_ready, not_running
from podwright.plan.expectations import Expectation, WaitFor
from podwright.plan.observed import MirrorPod, ObservedPod, Unavailable
from podwright.plan.reasons import Condition, Datum, Reason, because
from podwright.plan.words import message


class Agreement(StrEnum):
    """Whether one source agrees with an expectation."""

    YES = "yes"
    NOT_YET = "not yet"
    UNKNOWN = "unknown"


class Source(StrEnum):
    """Where a pod's state can be read."""

    FILE = "file"
    SANDBOX = "sandbox"
    MIRROR = "mirror"


class Evidence(Struct, frozen=True):
    """What each source shows: the live file's sha256 (None: no file), the sandboxes of the pod's full name, its mirror.

    `now` is the node's Unix time, 0 if it is not known.
    """

    file: str | Unavailable | None
    sandboxes: tuple[ObservedPod, ...] | Unavailable
    mirror: MirrorPod | Unavailable | None
    now: float = 0.0


class SourceState(Struct, frozen=True):
    """Whether one source agrees, and why if it is not a plain yes."""

    source: Source
    agrees: Agreement
    reason: Reason[Condition] | None = None

    @property
    def detail(self) -> str:
        return message(self.reason) if self.reason else ""


class Health(Struct, frozen=True):
    """How one expectation is met: `uid` is of the pod that proves it, `settled`: it held for long enough."""

    expectation: Expectation
    sources: tuple[SourceState, ...]
    uid: str = ""
    settled: bool = False

    @property
    def proven(self) -> bool:
        return self.settled and self.agreed

    @property
    def agreed(self) -> bool:
        """No source disagrees, and at least one beside the file that was asked for agrees."""
        if any(state.agrees is Agreement.NOT_YET for state in self.sources):
            return False
        agree = {state.source for state in self.sources if state.agrees is Agreement.YES}
        if self.expectation.wait_for is WaitFor.FILE:
            return Source.FILE in agree
        return Source.FILE in agree and bool(agree & {Source.SANDBOX, Source.MIRROR})

    @property
    def readiness_unchecked(self) -> bool:
        """Whether only its readiness is missing from the proof: no source could report what its probes found."""
        wanted = self.expectation.wait_for is WaitFor.READY and self.expectation.probed
        return self.proven and wanted and any(entry.source is Source.MIRROR for entry in self.unknown)

    @property
    def unknown(self) -> tuple[SourceState, ...]:
        return tuple(state for state in self.sources if state.agrees is Agreement.UNKNOWN)

    @property
    def file_is_lost(self) -> bool:
        """Whether the file is not as this run left it: another run may be changing it."""
        return any(state.source is Source.FILE for state in self.missing)

    @property
    def missing(self) -> tuple[SourceState, ...]:
        return tuple(state for state in self.sources if state.agrees is Agreement.NOT_YET)


def judge(expectation: Expectation, evidence: Evidence) -> Health:
    """Hold evidence against an expectation, by the success predicates for static pods.

    The mirror's status counts only for the uid that runs: during an update it stays Ready for the dead old pod.
    """
    if expectation.gone:
        return _judge_gone(expectation, evidence)
    narrowed = _of_the_text_there(expectation, evidence.file)
    there = _judge_there(narrowed, evidence)
    return there if narrowed is expectation else replace(there, expectation=expectation)


def still_serves(health: Health) -> bool:
    """Whether a pod that should be gone may still be there; its mirror counts only if no other source could be read."""
    blind = any(entry.source is Source.SANDBOX for entry in health.unknown)
    return any(blind or entry.source is not Source.MIRROR for entry in health.missing)


def _judge_there(expectation: Expectation, evidence: Evidence) -> Health:
    file = _file_is_ours(expectation, evidence.file)
    if not expectation.wait_for.includes(WaitFor.RUNNING):
        return Health(expectation, (file,))
    sandbox, uid = _sandbox_is_ours(expectation, evidence)
    if not expectation.wait_for.includes(WaitFor.MIRROR) and not isinstance(evidence.sandboxes, Unavailable):
        return Health(expectation, (file, sandbox), uid)
    # also if the runtime cannot be asked: only the mirror is left to show that something runs
    return Health(expectation, (file, sandbox, _mirror_is_ours(expectation, uid, evidence.mirror)), uid)


def _of_the_text_there(expectation: Expectation, file: str | Unavailable | None) -> Expectation:
    """Only the pod of the very text that lies there proves it: one of a text that was replaced is about to end."""
    if (
        expectation.wait_for is WaitFor.FILE
        or len(expectation.generations) < 2
        or file not in expectation.sha256s
    ):
        return expectation
    at = expectation.sha256s.index(file)
    return replace(expectation, generations=expectation.generations[at : at + 1])


def _yes(source: Source, kind: Condition | None = None) -> SourceState:
    return SourceState(source, Agreement.YES, because(kind) if kind else None)


def _not_yet(source: Source, kind: Condition, /, **data: Datum) -> SourceState:
    return SourceState(source, Agreement.NOT_YET, because(kind, **data))


def _unknown(source: Source, why: Unavailable) -> SourceState:
    return SourceState(source, Agreement.UNKNOWN, because(Condition.UNAVAILABLE, why=why.reason))


def _file_is_ours(expectation: Expectation, file: str | Unavailable | None) -> SourceState:
    if isinstance(file, Unavailable):
        return _unknown(Source.FILE, file)
    if file is None:
        return _not_yet(Source.FILE, Condition.FILE_ABSENT, name=expectation.file_name)
    if file not in expectation.sha256s:
        return _not_yet(Source.FILE, Condition.FILE_DIFFERS, name=expectation.file_name)
    return _yes(Source.FILE)


def _sandbox_is_ours(expectation: Expectation, evidence: Evidence) -> tuple[SourceState, str]:
    sandboxes = evidence.sandboxes
    if isinstance(sandboxes, Unavailable):
        return _unknown(Source.SANDBOX, sandboxes), ""
    ready = [pod for pod in sandboxes if pod.ready]
    ours = [pod for pod in sandboxes if _carries_stamp(expectation, pod.digest, pod.generation)]
    if len(ready) > 1:
        return _not_yet(Source.SANDBOX, Condition.DUPLICATE_SANDBOXES, count=str(len(ready))), ""
    if ready and ready[0] not in ours:
        return _not_yet(Source.SANDBOX, Condition.OTHER_MANIFEST), ""
    if expectation.runs_to_completion and not ready and ours:
        return _completed(max(ours, key=lambda pod: pod.created_at))
    if not ready:
        return _not_yet(Source.SANDBOX, Condition.NOT_RUNNING), ""
    reason = not_running(expectation, ready[0], evidence.mirror, evidence.now)
    return SourceState(Source.SANDBOX, Agreement.NOT_YET if reason else Agreement.YES, reason), ready[0].uid


def _carries_stamp(expectation: Expectation, digest: str | None, generation: int | None) -> bool:
    if not expectation.digest:
        return not digest
    return digest == expectation.digest and generation in expectation.generations


def _completed(pod: ObservedPod) -> tuple[SourceState, str]:
    states = {container.state for container in pod.containers}
    if pod.containers and states == {"CONTAINER_EXITED"}:
        return _yes(Source.SANDBOX, Condition.COMPLETED), pod.uid
    return _not_yet(Source.SANDBOX, Condition.NOT_RUNNING), ""


def _mirror_is_ours(
    expectation: Expectation, uid: str, mirror: MirrorPod | Unavailable | None
) -> SourceState:
    if isinstance(mirror, Unavailable):
        return _unknown(Source.MIRROR, mirror)
    if mirror is None:
        return _not_yet(Source.MIRROR, Condition.NO_MIRROR, pod=expectation.subject)
    if mirror.config_mirror is None:
        return _not_yet(Source.MIRROR, Condition.NAME_OWNED, pod=expectation.subject)
    if not _mirrors_uid(expectation, uid, mirror):
        return _not_yet(Source.MIRROR, Condition.MIRROR_OF_OLD_POD)
    if mirror.deleting:
        return _not_yet(Source.MIRROR, Condition.MIRROR_DELETING)
    if expectation.wait_for is not WaitFor.READY or mirror.ready:
        return _yes(Source.MIRROR)
    if expectation.runs_to_completion and mirror.phase == "Succeeded":
        return _yes(Source.MIRROR, Condition.SUCCEEDED)
    return SourceState(Source.MIRROR, Agreement.NOT_YET, not_ready(mirror))


def _mirrors_uid(expectation: Expectation, uid: str, mirror: MirrorPod) -> bool:
    if uid:
        return mirror.config_mirror == uid
    return mirror.config_mirror != expectation.old_uid and _carries_stamp(
        expectation, mirror.digest, mirror.generation
    )


def _judge_gone(expectation: Expectation, evidence: Evidence) -> Health:
    file = _file_is_gone(expectation, evidence.file)
    if expectation.wait_for is WaitFor.FILE:
        return Health(expectation, (file,))
    return Health(expectation, (file, _sandbox_is_gone(evidence.sandboxes), _mirror_is_gone(evidence.mirror)))


def _file_is_gone(expectation: Expectation, file: str | Unavailable | None) -> SourceState:
    if isinstance(file, Unavailable):
        return _unknown(Source.FILE, file)
    if file is not None:
        return _not_yet(Source.FILE, Condition.FILE_PRESENT, name=expectation.file_name)
    return _yes(Source.FILE, Condition.GONE)


def _sandbox_is_gone(sandboxes: tuple[ObservedPod, ...] | Unavailable) -> SourceState:
    if isinstance(sandboxes, Unavailable):
        return _unknown(Source.SANDBOX, sandboxes)
    if any(pod.ready or any(entry.running for entry in pod.containers) for pod in sandboxes):
        return _not_yet(Source.SANDBOX, Condition.STILL_RUNS)
    return _yes(Source.SANDBOX, Condition.GONE)


def _mirror_is_gone(mirror: MirrorPod | Unavailable | None) -> SourceState:
    if isinstance(mirror, Unavailable):
        return _unknown(Source.MIRROR, mirror)
    if mirror is None:
        return _yes(Source.MIRROR, Condition.GONE)
    if mirror.config_mirror is None:
        return _yes(Source.MIRROR, Condition.NAME_REUSED)
    if mirror.finalizers:
        return _not_yet(Source.MIRROR, Condition.HELD_BY_FINALIZER, names=mirror.finalizers)
    return _not_yet(Source.MIRROR, Condition.MIRROR_STAYS)
