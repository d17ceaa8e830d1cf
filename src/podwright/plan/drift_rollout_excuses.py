"""Which findings do not count as drift because a run is between two steps: on other nodes, or between the slots of one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from podwright.manifests.workload import in_both_slots, whatever_slot
from podwright.plan.changes import Action, Change, Subject
from podwright.plan.deadlines import removal_deadline
from podwright.plan.drift import Finding
from podwright.plan.drift_excuses import WRITTEN, changed_lately, holder
from podwright.plan.drift_history import Key, key_of
from podwright.plan.health import Health
from podwright.plan.leftovers import GRACE_SECONDS
from podwright.plan.lock_times import LONGEST_LOCK_SECONDS
from podwright.plan.observed import Observation, ObservedFile
from podwright.plan.reasons import Difference, Drift, Excuse, Reason, because
from podwright.plan.stages import Plan

#: why a run writes a file that nobody touched
_OF_A_RUN = frozenset((Difference.CONTENT, Difference.POD_RENAMED))


class AtWork(Struct, frozen=True):
    """What shows a run on a node: whose holds its lock; the files that one just wrote as they should be, or removed;
    and those that are `waiting`: intact as they were written before, or not there, and what they should be has never run."""

    owner: str = ""
    fresh: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()


NOBODY_AT_WORK = AtWork()


def of_rollout(
    findings: Iterable[Finding], node: str, at_work: Mapping[str, AtWork], ages: Mapping[Key, float]
) -> dict[Finding, Reason[Excuse]]:
    """Files that a run may not have come to yet: it is at work on another node, or has just written the same file there."""
    waiting = at_work.get(node, NOBODY_AT_WORK).waiting
    found: dict[Finding, Reason[Excuse]] = {}
    for finding in findings:
        # nothing shows that a run removed it there; who touches that folder again and again is none
        old = finding.drift is Drift.FILE_UNWANTED and ages.get(key_of(finding), 0.0) >= LONGEST_LOCK_SECONDS
        for name, other in at_work.items():
            comes = other.owner or (
                whatever_slot(finding.subject) in map(whatever_slot, other.fresh) and not old
            )
            if name != node and comes and finding.drift in WRITTEN and finding.subject in waiting:
                reason = because(Excuse.ROLLOUT, who=other.owner or "a run", node=name)
                found.setdefault(finding, reason)
    return found


def at_work(observation: Observation, healths: Iterable[Health], plan: Plan, since: str) -> AtWork:
    """`healths` are of the files that are as they should be; a run goes on to the next node once such a pod is proven.

    `since`: when the earliest run began that may go on yet, as a history has it.
    """
    fresh = tuple(
        file.name
        for health in healths
        if (file := observation.file(health.expectation.file_name))
        and changed_lately(observation, file.mtime, health.expectation.deadline)
        and _of_a_run(file, observation, since)
    )
    if observation.rights and changed_lately(
        observation, observation.rights.changed, removal_deadline(GRACE_SECONDS)
    ):
        fresh += tuple(change.name for change in plan.changes if _gone(change, observation))
    waiting = tuple(change.name for change in plan.changes if _waits(change, observation))
    return AtWork(holder(observation), fresh, waiting)


def of_surge(
    findings: Iterable[Finding], observation: Observation, plan: Plan, since: str
) -> dict[Finding, Reason[Excuse]]:
    """Files of workloads that lie in both slots: a run goes on to remove one once the pod of the other is proven."""
    limits = {whatever_slot(one.file_name): one.deadline for one in plan.expectations if not one.gone}
    found = {}
    for finding in findings:
        limit = limits.get(whatever_slot(finding.subject))
        if finding.drift is not Drift.FILE_UNWANTED or limit is None:
            continue
        slots = [file for name in in_both_slots([finding.subject]) if (file := observation.file(name))]
        if len(slots) > 1 and any(
            changed_lately(observation, file.mtime, limit) and _of_a_run(file, observation, since)
            for file in slots
        ):
            found[finding] = because(Excuse.BESIDE)
    return found


def _of_a_run(file: ObservedFile, observation: Observation, since: str) -> bool:
    """Whether the history has it of a run; if a pod of the very text is older than the file, a hand touched it."""
    stamp = file.stamp
    recent = any(
        one.run and one.when >= since and (one.name, one.digest) == (file.name, stamp.digest)
        for one in observation.changes
    )
    return recent and not any(
        pod.ready
        and (pod.digest, pod.generation) == (stamp.digest, stamp.generation)
        and pod.created_at < file.mtime
        for pod in observation.pods or ()
    )


def _gone(change: Change[Subject], observation: Observation) -> bool:
    """Whether it had been there and is as absent as it should be."""
    return any(reason.kind is Difference.ABSENT_ALREADY for reason in change.reasons) and any(
        one.name == change.name for one in observation.changes
    )


def _waits(change: Change[Subject], observation: Observation) -> bool:
    """What somebody edited, or took away while it was as it should be, waits for no run."""
    if observation.pods is None or any(reason.kind not in _OF_A_RUN for reason in change.reasons):
        return False
    kept = {
        one.digest for one in observation.changes if whatever_slot(one.name) == whatever_slot(change.name)
    }
    if change.action not in (Action.CREATE, Action.UPDATE, Action.DELETE):
        return False
    digest = change.subject.facts["digest"]
    return not digest or digest not in kept.union(pod.digest for pod in observation.pods)
