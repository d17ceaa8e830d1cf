"""What is not as it should be on a node, from its plan, its proof and what is left there; nothing is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from podwright.manifests.manifest import Manifest
from podwright.plan.changes import Action, Change, Subject
from podwright.plan.containers import crash_loop
from podwright.plan.health import Health
from podwright.plan.leftovers import orphaned_mirrors, orphans
from podwright.plan.manifest_files import ManifestFile
from podwright.plan.observed import MirrorPod, Observation
from podwright.plan.reasons import Condition, Conflict, Difference, Drift, Kind, Reason, because
from podwright.plan.stages import Plan
from podwright.plan.unconfirmed import taken_back, waiting
from podwright.plan.words import message
from podwright.plan.writes import Put
from podwright.pods.collisions import collisions
from podwright.pods.pod_ref import PodRef

_CONFLICTS: dict[Kind, Drift] = {
    Conflict.POD_DEFINED_TWICE: Drift.POD_DUPLICATE,
    Conflict.POD_OF_OTHER_WORKLOAD: Drift.POD_DUPLICATE,
    Conflict.PORT_TAKEN: Drift.PORT_TAKEN,
    Conflict.CYCLE: Drift.FILE_CHANGED,
    Conflict.UNREADABLE: Drift.FILE_IGNORED,
    Conflict.UNREADABLE_TO_REMOVE: Drift.FILE_IGNORED,
}
_ACTIONS = {
    Action.CREATE: Drift.FILE_MISSING,
    Action.UPDATE: Drift.FILE_CHANGED,
    Action.DELETE: Drift.FILE_UNWANTED,
    Action.ORPHAN: Drift.FILE_ORPHANED,
}
#: differences that restart nothing when a push ends them
_RIGHTS = (Difference.MODE, Difference.OWNER)
#: of a file that is wanted: the kubelet ends its pod
_UNREADABLE = (Conflict.UNREADABLE, Difference.UNREADABLE)
#: of what is not listed, the pod does not run
_CONDITIONS = {
    Condition.OTHER_MANIFEST: Drift.POD_STALE,
    Condition.CRASH_LOOPING: Drift.POD_CRASH_LOOPING,
    Condition.CRASH_BACK_OFF: Drift.POD_CRASH_LOOPING,
    Condition.NOT_STARTED: Drift.POD_CREATING,
    Condition.CONTAINER_CREATING: Drift.POD_CREATING,
    Condition.PENDING: Drift.POD_CREATING,
    Condition.CONTAINERS_NOT_READY: Drift.POD_NOT_READY,
    Condition.NOT_READY: Drift.POD_NOT_READY,
    Condition.NO_MIRROR: Drift.MIRROR_MISSING,
    Condition.NAME_OWNED: Drift.MIRROR_MISSING,
    Condition.MIRROR_OF_OLD_POD: Drift.MIRROR_STALE,
    Condition.MIRROR_DELETING: Drift.MIRROR_STALE,
}
_GRAVITY = (
    Drift.POD_CRASH_LOOPING, Drift.POD_NOT_RUNNING, Drift.POD_STALE, Drift.POD_CREATING, Drift.POD_NOT_READY,
)  # fmt: skip


#: what stops a pod, or lets others than us decide what runs; all else is a difference that nobody feels yet
_CRITICAL = frozenset(
    (
        Drift.FILE_MISSING, Drift.FOLDER_OPEN, Drift.POD_DUPLICATE, Drift.PORT_TAKEN, Drift.NODE_DUPLICATE,
        Drift.POD_NOT_RUNNING, Drift.POD_STALE, Drift.POD_CRASH_LOOPING, Drift.POD_NOT_READY, Drift.FILE_STRAY,
        Drift.KUBELET_DOWN, Drift.FOLDER_UNREAD, Drift.CERTIFICATE_EXPIRED,
    )
)  # fmt: skip


def is_critical(kind: Drift) -> bool:
    """Whether somebody should be woken for it."""
    return kind in _CRITICAL


def severity(kind: Drift) -> str:
    """`info`: it never counts."""
    return "critical" if is_critical(kind) else "info" if kind is Drift.NODE_HELD else "warning"


class Finding(Struct, frozen=True):
    """One difference between what should be and what is; `subject` is a file or a pod, `file` the pod's if it is known."""

    node: str
    drift: Drift
    subject: str
    reason: Reason[Kind]
    file: str = ""

    @property
    def detail(self) -> str:
        return message(self.reason)

    def __str__(self) -> str:
        return f"{self.node}: {self.drift.value}: {self.subject}: {self.detail}"


def drift(
    plan: Plan, healths: Iterable[Health], observation: Observation, mirrors: Iterable[MirrorPod]
) -> tuple[Finding, ...]:
    """`healths` are of the files that are as they should be, `mirrors` the node's own of ours."""
    healths = tuple(healths)
    return (
        *_of_folder(observation),
        *(finding for change in plan.changes for finding in _of_file(plan.node, change)),
        *_ended_unread(plan, observation),
        *_labels(plan, observation),
        *(finding for health in healths for finding in _of_pod(plan.node, health)),
        *(finding for health in healths for finding in _ports_taken(health, observation)),
        *_crash_loops(plan, observation),
        *_switches(plan, observation),
        *(_leftovers(plan, observation, mirrors) if reads_the_folder(observation) else ()),
    )


def reads_the_folder(observation: Observation) -> bool:
    """Whether the kubelet may read the folder that was observed: otherwise its pods are of files that nobody looked at."""
    path = observation.kubelet.static_pod_path
    return path is None or path.rstrip("/") == observation.folder.rstrip("/")


def _of_folder(observation: Observation) -> Iterator[Finding]:
    rights = observation.rights
    if rights and rights.open:
        reason = because(Drift.FOLDER_OPEN, owner=rights.owner, mode=rights.mode)
        yield Finding(observation.node, Drift.FOLDER_OPEN, observation.folder, reason)


def _switches(plan: Plan, observation: Observation) -> Iterator[Finding]:
    """What went back is as it should be, once nobody wants any more what was not confirmed."""
    for one in waiting(observation):
        reason = because(Drift.SWITCH_ARMED, run=one.run, who=one.who)
        yield Finding(observation.node, Drift.SWITCH_ARMED, one.file_name, reason, one.file_name)
    differs = {change.name for change in plan.changes if change.action is not Action.KEEP}
    for one in taken_back(observation):
        if one.file_name not in differs:
            continue
        reason = because(Drift.SWITCH_FIRED, run=one.run)
        yield Finding(observation.node, Drift.SWITCH_FIRED, one.file_name, reason, one.file_name)


def _of_file(node: str, change: Change[Subject]) -> Iterator[Finding]:
    if change.action is Action.CONFLICT:
        for reason in change.reasons:
            kind = _CONFLICTS.get(reason.kind, Drift.FILE_FOREIGN)
            yield Finding(node, kind, change.name, reason)
    elif change.action in _ACTIONS:
        kind = _ACTIONS[change.action]
        why = next(iter(change.reasons), because(kind))
        if why.kind is Difference.LABEL:
            return
        if why.kind is Difference.REPLACED:
            # of a change it says when: nothing of a file that lies there says that somebody removes it
            why = because(kind)
        kind = Drift.FILE_RIGHTS if why.kind in _RIGHTS else kind
        yield Finding(node, kind, change.name, why)
    elif same := [reason for reason in change.reasons if reason.kind is Difference.SAME_POD]:
        yield Finding(node, Drift.FILE_FOREIGN, change.name, same[0])
    elif change.action is Action.KEEP and change.subject.is_cosmetic:
        yield Finding(node, Drift.FILE_COSMETIC, change.name, because(Drift.FILE_COSMETIC))


def _ended_unread(plan: Plan, observation: Observation) -> Iterator[Finding]:
    """Pods that are wanted and do not run, as the kubelet cannot read their files: nothing is expected of these."""
    for change in plan.changes:
        manifest = change.subject.manifest if isinstance(change.subject, ManifestFile) else None
        why = next((reason for reason in change.reasons if reason.kind in _UNREADABLE), None)
        if manifest is None or why is None or observation.pods is None:
            continue
        pod = manifest.pod.on(observation.node_name)
        if not observation.ready_pods(pod):
            yield Finding(observation.node, Drift.POD_NOT_RUNNING, str(pod), why, change.name)


def _labels(plan: Plan, observation: Observation) -> Iterator[Finding]:
    """Of every file that is wanted, whatever else differs; a push gives those that it writes their label."""
    wanted = {one.name: one for one in plan.changes if one.action not in (Action.DELETE, Action.ORPHAN)}
    for one in observation.labels:
        if not one.wrong or one.name not in wanted:
            continue
        path = f"{observation.folder.rstrip('/')}/{one.name}"
        why: Reason[Kind] = because(Drift.FILE_LABEL, label=one.label, wanted=one.wanted, path=path)
        if any(isinstance(write, Put) for write in wanted[one.name].writes):
            why = because(Difference.LABEL, label=one.label, wanted=one.wanted)
        yield Finding(observation.node, Drift.FILE_LABEL, one.name, why)


def _of_pod(node: str, health: Health) -> Iterator[Finding]:
    """Whether the pod that runs, and its mirror, are the file's; the worst of a pod stands for it."""
    found = [
        (_CONDITIONS.get(entry.reason.kind, Drift.POD_NOT_RUNNING), entry.reason)
        for entry in reversed(health.missing)
        if entry.reason
    ]
    of_pod = sorted(
        (entry for entry in found if entry[0] in _GRAVITY), key=lambda entry: _GRAVITY.index(entry[0])
    )
    for kind, reason in (*of_pod[:1], *(entry for entry in found if entry[0] not in _GRAVITY)):
        yield Finding(node, kind, health.expectation.subject, reason, health.expectation.file_name)


def _crash_loops(plan: Plan, observation: Observation) -> Iterator[Finding]:
    """Of pods whose files are not as they should be: nothing is expected of them, and a crash loop counts all the same."""
    differing = {change.name for change in plan.changes if change.action is not Action.KEEP}
    defined: dict[PodRef, tuple[str, Manifest]] = {}
    for file in observation.files:
        if file.name in differing and isinstance(file.manifest, Manifest):
            defined.setdefault(file.manifest.pod.on(observation.node_name), (file.name, file.manifest))
    for pod in observation.pods or ():
        if not pod.ready or pod.ref not in defined:
            continue
        file_name, manifest = defined[pod.ref]
        completes = manifest.restart_policy != "Always"
        if why := crash_loop(manifest.containers, pod, None, observation.clock, completes=completes):
            yield Finding(observation.node, Drift.POD_CRASH_LOOPING, str(pod.ref), why, file_name)


def _ports_taken(health: Health, observation: Observation) -> Iterator[Finding]:
    """Why a pod is not there although its file is: the pod of another file, which runs, has a port of its."""
    if all(one.reason is None or one.reason.kind is not Condition.NOT_RUNNING for one in health.missing):
        return
    name = health.expectation.file_name
    claims = {
        file.name: file.manifest.claim for file in observation.files if isinstance(file.manifest, Manifest)
    }
    mine = claims.pop(name, None)
    running = (one for one in claims.values() if observation.ready_pods(one.pod.on(observation.node_name)))
    for found in collisions([mine], running) if mine else ():
        if found.port:
            reason = because(Conflict.PORT_TAKEN, port=str(found.port), other=found.other)
            yield Finding(observation.node, Drift.PORT_TAKEN, name, reason)


def _leftovers(plan: Plan, observation: Observation, mirrors: Iterable[MirrorPod]) -> Iterator[Finding]:
    """A mirror of a pod whose file should be there is no orphan: that is missing, or came after the folder was read."""
    missing = {change.name for change in plan.changes if change.action is Action.CREATE}
    wanted = {one.pod for one in plan.expectations if one.file_name in missing and not one.gone}
    running = {pod.ref for pod in orphans(observation)}
    for ref in sorted(running):
        yield Finding(observation.node, Drift.POD_ORPHANED, str(ref), because(Drift.POD_ORPHANED))
    for mirror in orphaned_mirrors(observation, mirrors):
        if mirror.ref not in running and (mirror.finalizers or mirror.ref not in wanted):
            held = because(Condition.HELD_BY_FINALIZER, names=mirror.finalizers)
            why = held if mirror.finalizers else because(Drift.MIRROR_ORPHANED)
            yield Finding(observation.node, Drift.MIRROR_ORPHANED, str(mirror.ref), why)
