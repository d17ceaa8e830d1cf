"""Which findings do not count as drift: their pod is changing just now, or the inventory waives them for a while."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from fnmatch import fnmatchcase

from msgspec import Struct

from podwright.inventory.waivers import Waiver
from podwright.manifests.workload import whatever_slot
from podwright.plan.deadlines import RELIST_SECONDS, RESYNC_SECONDS, STATUS_TICK_SECONDS, removal_deadline
from podwright.plan.drift import Finding
from podwright.plan.drift_history import Key, key_of
from podwright.plan.health import Health
from podwright.plan.leftovers import GRACE_SECONDS
from podwright.plan.lock_times import LONGEST_LOCK_SECONDS
from podwright.plan.observed import Observation
from podwright.plan.reasons import Condition, Drift, Excuse, Reason, because
from podwright.plan.words import message

#: seconds; a lock may be taken just after the uptime was read with which its age is told
_JUST_TAKEN_SECONDS = 5.0
#: seconds; an observation takes no longer
_OBSERVE_SECONDS = 60.0
#: seconds; the kubelet makes the mirror pod of a new pod, and shows its state, within these
MIRROR_SECONDS = RELIST_SECONDS + STATUS_TICK_SECONDS

#: what a run that goes on may be about to end
_IN_A_RUN = frozenset(
    (
        Drift.FILE_MISSING, Drift.FILE_CHANGED, Drift.FILE_COSMETIC, Drift.FILE_RIGHTS, Drift.FILE_LABEL,
        Drift.FILE_UNWANTED, Drift.FILE_ORPHANED, Drift.POD_NOT_RUNNING, Drift.POD_STALE,
        Drift.POD_ORPHANED, Drift.POD_CREATING, Drift.POD_NOT_READY, Drift.MIRROR_MISSING, Drift.MIRROR_STALE,
        Drift.MIRROR_ORPHANED,
    )
)  # fmt: skip
#: what a push writes or deletes
WRITTEN = frozenset(
    (Drift.FILE_MISSING, Drift.FILE_CHANGED, Drift.FILE_RIGHTS, Drift.FILE_LABEL, Drift.FILE_UNWANTED)
)
#: what shows between the write, or the second one, and the new pod
_BEFORE_IT_RUNS = frozenset(
    (
        Condition.OTHER_MANIFEST, Condition.NOT_RUNNING, Condition.DUPLICATE_SANDBOXES, Condition.NO_MIRROR,
        Condition.MIRROR_OF_OLD_POD, Condition.MIRROR_DELETING,
    )
)  # fmt: skip
#: what shows between the end of a file and that of its pod
_AFTER_ITS_FILE = frozenset((Drift.POD_ORPHANED, Drift.SANDBOX_ORPHANED, Drift.MIRROR_ORPHANED))
#: the kubelet ends the pod of two files when either goes, and starts it again when it reads the folder next
_AFTER_A_COPY = frozenset((Condition.NOT_RUNNING, Condition.NO_MIRROR, Condition.MIRROR_DELETING))
_STARTING = frozenset((Drift.POD_CREATING, Drift.POD_NOT_READY))
_MIRRORING = frozenset((Drift.MIRROR_MISSING, Drift.MIRROR_STALE))


class Excused(Struct, frozen=True):
    """A finding that does not count, and why."""

    finding: Finding
    why: Reason[Excuse]

    @property
    def excuse(self) -> str:
        """`waived`, `held` or `in-flux`."""
        return self.why.kind.value if self.why.kind in (Excuse.WAIVED, Excuse.HELD) else "in-flux"

    def __str__(self) -> str:
        found, why = self.finding, message(self.why)
        because_of = f" ({why})" if why != found.detail else ""
        return (
            f"{found.node}: {self.excuse}: {found.subject}: {found.drift.value}: {found.detail}{because_of}"
        )


class Allowances(Struct, frozen=True):
    """What of a node does not count: kinds that are ignored, and waivers, as of `today` (`2027-01-31`)."""

    today: str = ""
    ignored: Collection[Drift] = ()
    waivers: tuple[Waiver, ...] = ()

    def settle(
        self, findings: Iterable[Finding], changing: Mapping[Finding, Reason[Excuse]] | None = None
    ) -> tuple[tuple[Finding, ...], tuple[Excused, ...]]:
        """What counts, and what does not; what is ignored is neither. `changing` are those in flux."""
        counted, excused = [], []
        for finding in findings:
            if finding.drift in self.ignored:
                continue
            why = (changing or {}).get(finding) or self._waived(finding)
            if why:
                excused.append(Excused(finding, why))
            else:
                counted.append(finding)
        return tuple(counted), tuple(excused)

    def expired(self, node: str) -> tuple[Finding, ...]:
        """Waivers that have ended: somebody must extend them, or take them out."""
        return tuple(
            Finding(
                node,
                Drift.WAIVER_EXPIRED,
                waiver.file or waiver.drift,
                because(Drift.WAIVER_EXPIRED, drift=waiver.drift, until=waiver.until, reason=waiver.reason),
                waiver.file,
            )
            for waiver in self.waivers
            if waiver.drift and waiver.until < self.today
        )

    def _waived(self, finding: Finding) -> Reason[Excuse] | None:
        for waiver in self.waivers:
            if waiver.drift == finding.drift.value and waiver.until >= self.today and _fits(waiver, finding):
                return because(Excuse.WAIVED, until=waiver.until, reason=waiver.reason)
        return None


NOTHING_ALLOWED = Allowances()


def _fits(waiver: Waiver, finding: Finding) -> bool:
    name = finding.file or finding.subject
    return not waiver.file or any(fnmatchcase(one, waiver.file) for one in (name, whatever_slot(name)))


def in_flux(
    findings: Iterable[Finding],
    observation: Observation,
    healths: Iterable[Health],
    ages: Mapping[Key, float] | None = None,
) -> dict[Finding, Reason[Excuse]]:
    """Findings that time may end without anybody: a run holds the node's lock, or the pod has just been started.

    `ages`: for how many seconds each has been known that an earlier check reported.
    """
    by_pod = {health.expectation.subject: health for health in healths}
    found = {}
    for finding in findings:
        age = (ages or {}).get(key_of(finding))
        why = (
            _held(finding, observation)
            or _starts(finding, observation, by_pod.get(finding.subject))
            or _ends(finding, observation, by_pod.get(finding.subject), age)
            or _returns(finding, age)
        )
        if why:
            found[finding] = why
    return found


def _held(finding: Finding, observation: Observation) -> Reason[Excuse] | None:
    owner = holder(observation)
    return because(Excuse.LOCK_HELD, owner=owner) if owner and finding.drift in _IN_A_RUN else None


def _ends(
    finding: Finding, observation: Observation, health: Health | None, age: float | None
) -> Reason[Excuse] | None:
    """A pod whose file, or a copy of it, went a moment ago; however often the folder changes, for one such time alone.

    A kubelet that is down ends none.
    """
    limit, rights = removal_deadline(GRACE_SECONDS), observation.rights
    if not (rights and observation.kubelet.running and changed_lately(observation, rights.changed, limit)):
        return None
    ran = any(str(pod.ref) == finding.subject for pod in observation.pods or ())
    away = health is not None and not health.uid and finding.reason.kind in _AFTER_A_COPY
    ends = ran and (away or finding.drift in _AFTER_ITS_FILE)
    return because(Excuse.FOLDER_CHANGED) if ends and (age or 0.0) < limit else None


def _returns(finding: Finding, age: float | None) -> Reason[Excuse] | None:
    """A mirror that somebody deleted is reported once, not again until the kubelet had the time to create it."""
    missing = finding.reason.kind is Condition.NO_MIRROR
    return because(Excuse.RETURNING) if missing and age is not None and 0 <= age < RESYNC_SECONDS else None


def _starts(finding: Finding, observation: Observation, health: Health | None) -> Reason[Excuse] | None:
    """A pod within the time that its own probes and grace period give it, or the pod before it within its grace."""
    if health is None or not observation.clock or not (pod := health.expectation.pod):
        return None
    expected, file = health.expectation, observation.file(health.expectation.file_name)
    written = file.mtime if file else 0
    began = max((seen.created_at for seen in observation.ready_pods(pod)), default=0.0)
    kind = finding.reason.kind
    before_it_runs = kind in _BEFORE_IT_RUNS and not health.uid
    if (before_it_runs or kind is Condition.CONTAINERS_DOWN) and changed_lately(
        observation, written, MIRROR_SECONDS + expected.grace
    ):
        return because(Excuse.ENDING)
    limit = expected.deadline if finding.drift in _STARTING else MIRROR_SECONDS
    # of a pod that is started again with its uid, the API shows for a moment how it ended
    ended = kind is Condition.CONTAINER_WAITS and dict(finding.reason.data).get("state") == "terminated"
    if (ended or finding.drift in _STARTING | _MIRRORING) and _within(observation, began, limit):
        return because(Excuse.STARTING)
    return None


def _within(observation: Observation, instant: float, seconds: float) -> bool:
    return bool(instant) and 0 <= observation.clock - instant < seconds


def changed_lately(observation: Observation, instant: float, seconds: float) -> bool:
    """Of the folder and its files: they may change after the clock was read."""
    return _within(observation, instant, seconds) or 0 < instant - observation.clock < _OBSERVE_SECONDS


def holder(observation: Observation) -> str:
    """Whose run holds the node's lock, if one that is alive does."""
    lock = observation.lock
    if lock is None or not lock.id or lock.age < -_JUST_TAKEN_SECONDS:
        return ""
    return lock.owner if 0 < lock.left <= LONGEST_LOCK_SECONDS else ""
