"""Compares the manifests that a folder should hold with what it holds: conflicts first, then each change, derived once."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from podwright.manifests.manifest import Manifest
from podwright.plan.changes import Action, Change
from podwright.plan.duplicate_pods import defined_twice
from podwright.plan.foreign_files import (
    AS_IT_LIES,
    conflicts_of_foreign,
    difference_of_foreign,
    difference_of_released,
)
from podwright.plan.leftovers import leftovers, orphaned_files
from podwright.plan.manifest_files import FILE_MODE, ManifestFile, generation_of, generations_kept
from podwright.plan.observed import FileKind, MirrorPod, Observation, ObservedFile
from podwright.plan.reasons import Conflict, Difference, Reason, because
from podwright.plan.selinux_labels import difference_of_label, label_wanted
from podwright.plan.stages import blockers, in_order
from podwright.pods.collisions import Claim, collisions
from podwright.pods.pod_ref import PodRef

#: differences beside the content: the file is written again and the kubelet sees the same pod
_KEEPS_POD = (Difference.MODE, Difference.OWNER, Difference.LABEL)

#: of a difference that is none of the content
NOTHING_BESIDE: Mapping[str, ObservedFile] = {}
_ACTIONS = {
    Difference.SAME_POD: Action.KEEP,
    Difference.RESTART: Action.RESTART,
    Difference.RELEASED: Action.RELEASE,
    Difference.NOTED: Action.ADOPT,
    Difference.MARK_THERE: Action.ADOPT,
    Difference.NOTE_REMOVED: Action.RELEASE,
    Difference.MARK_STAYS: Action.RELEASE,
}


def compare(
    desired: Iterable[Manifest],
    absent: Iterable[str],
    observation: Observation,
    *,
    adopt: bool = False,
    note: bool = False,
    restart: bool = False,
    mirrors: Iterable[MirrorPod] = (),
    owner: str | None = None,
    prune: bool = False,
    not_started: Collection[str] = (),
    beside: Mapping[str, ObservedFile] = NOTHING_BESIDE,
    ending: Collection[str] = (),
) -> tuple[Change[ManifestFile], ...]:
    """The change of each `desired` manifest and each `absent` name, and of each orphan; other files are left alone.

    Files of `owner` that have no name here are orphans, which `prune` deletes; None: these are not all names, so
    nothing is known to be one. `not_started` are files whose pods the kubelet refused: it tries the next generation.
    New ones start `beside` older files, and those of `ending` go once what is in their place is proven (see slots).

    A file that is not ours is a conflict, unless it is the wanted pod; `adopt` takes it over, and `note` by a note on
    the node alone, until its content changes (what is given up keeps its mark). With `restart`, what is there already is
    written with the next generation. `mirrors` are the node's mirror pods of ours. Nothing is known of a
    folder that could not be observed, so nothing is changed in it.
    """
    if not observation.folder_seen:
        return ()
    wanted: dict[str, Manifest | None] = {manifest.file_name: manifest for manifest in desired}
    wanted.update((name, None) for name in absent)
    orphaned = () if owner is None else orphaned_files(observation, wanted.keys(), owner)
    if prune:
        wanted.update((file.name, None) for file in orphaned)
    reasons = dict.fromkeys(not_started, Difference.NOT_STARTED)
    reasons.update((file.name, Difference.ORPHANED) for file in orphaned)
    reasons.update(dict.fromkeys(beside, Difference.BESIDE) | dict.fromkeys(ending, Difference.REPLACED))
    folder = _Folder.of(wanted, observation, reasons, beside)
    left = leftovers(observation, mirrors) if any(folder.is_absent_already(name) for name in wanted) else ()
    changes = []
    for name in wanted:
        mine = left if folder.is_absent_already(name) else ()
        changes.append(_change(name, folder, adopt=adopt, note=note, restart=restart, leftovers=mine))
        left = () if mine else left
    return (*changes, *(_left_alone(file, observation.node_name) for file in orphaned if not prune))


def renamed_apart(changes: Iterable[Change[ManifestFile]]) -> Iterator[Change[ManifestFile]]:
    """A pod whose name changes in its file goes before the other comes: after one write both would run for up to 20 s."""
    for change in changes:
        subject = change.subject
        old = subject.observed.named if subject.observed else None
        if change.action is Action.UPDATE and old and subject.manifest and old != subject.manifest.pod:
            gone = replace(subject, manifest=None, generation=0, running=())
            yield replace(change, action=Action.DELETE, subject=gone)
            yield replace(change, action=Action.CREATE, subject=replace(subject, observed=None))
        else:
            yield change


def _left_alone(orphan: ObservedFile, node_name: str) -> Change[ManifestFile]:
    subject = ManifestFile(orphan.name, node_name, None, orphan)
    return Change(Action.ORPHAN, subject, (because(Difference.ORPHANED),))


def _change(
    name: str,
    folder: _Folder,
    *,
    adopt: bool,
    note: bool,
    restart: bool,
    leftovers: tuple[tuple[PodRef, float], ...],
) -> Change[ManifestFile]:
    manifest, observed = folder.wanted[name], folder.files.get(name)
    difference = _difference(manifest, observed, folder.observation, adopt=adopt, note=note, restart=restart)
    if name in folder.reasons and (difference is None or difference.kind in _KEEPS_POD):
        difference = because(folder.reasons[name])
    writes = observed is None or (difference is not None and difference.kind is not Difference.SAME_POD)
    may_take = adopt or (note and observed is not None and observed.kind is FileKind.REGULAR)
    conflicts = tuple(_conflicts(name, folder, adopt=may_take, writes=writes))
    action = _action(manifest, observed, difference, conflicts)
    as_it_lies = difference is not None and difference.kind in AS_IT_LIES
    stays = action is not Action.CONFLICT if as_it_lies else action is Action.KEEP
    if manifest and observed and stays and (as_it_lies or not observed.managed):
        # what is to be proven is what lies there, with our mark or without it
        there = observed.manifest
        manifest = (
            dataclasses.replace(there, marked=observed.marked) if isinstance(there, Manifest) else manifest
        )
    restarts = action in (Action.CREATE, Action.DELETE, Action.RESTART) or (
        action in (Action.UPDATE, Action.RELEASE)
        and difference is not None
        and difference.kind not in (*_KEEPS_POD, *AS_IT_LIES)
    )
    generation = generation_of(observed) if manifest and not conflicts else 0
    if manifest and not manifest.marked:
        generation = 0
    elif manifest and restarts:
        generation = max((generation, *folder.remembered(manifest))) + 1
    subject = ManifestFile(
        name,
        folder.observation.node_name,
        manifest,
        observed,
        generation,
        folder.running(manifest.pod) if manifest else (),
        leftovers,
        folder.beside.get(name),
        label_wanted(difference),
    )
    return Change(action, subject, conflicts or ((difference,) if difference else ()), restarts)


def _action(
    manifest: Manifest | None,
    observed: ObservedFile | None,
    difference: Reason[Difference] | None,
    conflicts: tuple[Reason[Conflict], ...],
) -> Action:
    if conflicts:
        return Action.CONFLICT
    if manifest is None:
        return Action.DELETE if observed else Action.KEEP
    if observed is None:
        return Action.CREATE
    if difference is None:
        return Action.KEEP
    return _ACTIONS.get(difference.kind, Action.UPDATE)


def _difference(
    manifest: Manifest | None,
    observed: ObservedFile | None,
    seen: Observation,
    *,
    adopt: bool,
    note: bool,
    restart: bool,
) -> Reason[Difference] | None:
    """Why what lies there is not what should; None also for a file that is not there yet, or should not be there."""
    if observed is None:
        return None if manifest else because(Difference.ABSENT_ALREADY)
    if manifest and not manifest.marked:
        return difference_of_released(observed, note=note)
    if not observed.managed:
        return difference_of_foreign(manifest, observed, adopt=adopt, note=note)
    if manifest is None:
        return None
    there = observed.manifest
    if not isinstance(there, Manifest):
        return because(Difference.UNREADABLE)
    if changed := _content_changes(manifest, there):
        return changed
    if restart:
        return because(Difference.RESTART)
    if observed.mode != FILE_MODE:
        # the same bytes with the right mode: the kubelet sees the same pod and restarts nothing
        return because(Difference.MODE, mode=observed.mode, wanted=FILE_MODE)
    if seen.rights and not seen.rights.may_own(observed.owner):
        return because(Difference.OWNER, owner=observed.owner, wanted=seen.rights.login)
    return difference_of_label(observed.name, seen.labels)


def _content_changes(manifest: Manifest, there: Manifest) -> Reason[Difference] | None:
    stamped, content = there.stamp.digest == manifest.digest, there.digest == manifest.digest
    if content and not stamped:
        return because(Difference.STAMP_EDITED)
    if stamped and not content:
        return because(Difference.EDITED)
    if not content and there.pod != manifest.pod:
        return because(Difference.POD_RENAMED, pod=str(there.pod))
    if not content:
        return because(Difference.CONTENT)
    return None


def _conflicts(name: str, folder: _Folder, *, adopt: bool, writes: bool) -> Iterator[Reason[Conflict]]:
    manifest, observed = folder.wanted[name], folder.files.get(name)
    ours = observed and (observed.managed or observed.adopted)
    if observed and not ours and (manifest is None or manifest.marked):
        yield from conflicts_of_foreign(manifest, observed, adopt=adopt)
    for pod in dict.fromkeys(pod for pod in (manifest and manifest.pod, observed and observed.pod) if pod):
        if others := folder.others_that_keep(pod, name):
            yield defined_twice(pod, name, others, folder.observation)
    if manifest and writes:
        for found in collisions([manifest.claim], folder.claims_outside_the_plan()):
            if found.port:
                yield because(Conflict.PORT_TAKEN, port=str(found.port), other=found.other)
        if name in folder.cycles:
            yield because(Conflict.CYCLE, name=name, others=folder.cycles[name])


class _Folder(Struct, frozen=True):
    """What is wanted of a folder beside what it holds."""

    wanted: Mapping[str, Manifest | None]
    observation: Observation
    files: Mapping[str, ObservedFile]
    names_of: Mapping[PodRef, tuple[str, ...]]
    cycles: Mapping[str, tuple[str, ...]]
    reasons: Mapping[str, Difference]
    beside: Mapping[str, ObservedFile]

    @classmethod
    def of(
        cls,
        wanted: Mapping[str, Manifest | None],
        observation: Observation,
        reasons: Mapping[str, Difference],
        beside: Mapping[str, ObservedFile],
    ) -> _Folder:
        files = {file.name: file for file in observation.files}
        subjects = [ManifestFile(name, "", manifest, files.get(name)) for name, manifest in wanted.items()]
        stuck = in_order(subjects)[-1] if any(subject.gives_up for subject in subjects) else ()
        cycles = {one.name: tuple(other.name for other in blockers(one, stuck)) for one in stuck}
        names: dict[PodRef, tuple[str, ...]] = {}
        for file in observation.files:
            if file.pod:
                names[file.pod] = (*names.get(file.pod, ()), file.name)
        cycles = {name: others for name, others in cycles.items() if others}
        return cls(wanted, observation, files, names, cycles, reasons, beside)

    def is_absent_already(self, name: str) -> bool:
        return self.wanted[name] is None and name not in self.files

    def others_that_keep(self, pod: PodRef, name: str) -> tuple[str, ...]:
        """Other files that define the pod and will go on doing so."""
        return tuple(file for file in self.names_of.get(pod, ()) if file != name and self._keeps(file, pod))

    def _keeps(self, name: str, pod: PodRef) -> bool:
        manifest = self.wanted.get(name)
        return name not in self.wanted or (manifest is not None and manifest.pod == pod)

    def claims_outside_the_plan(self) -> tuple[Claim, ...]:
        return tuple(
            Claim(file.name, file.manifest.pod, file.manifest.host_ports)
            for file in self.files.values()
            if file.name not in self.wanted and isinstance(file.manifest, Manifest)
        )

    def remembered(self, manifest: Manifest) -> Iterator[int]:
        """Every generation that the runtime knows of the pod, dead sandboxes too, that its history has, and those of its
        other slot.

        Content that the kubelet has ended already would be the same pod to it: it waits for its end, counts its
        restarts on, and soon starts it only after a crash loop's back-off. So count up, never back.
        """
        full_name, name = manifest.pod.on(self.observation.node_name), manifest.file_name
        # the runtime forgets the dead soon, and a file may be gone
        yield from generations_kept(self.observation, self.files.get(name), name)
        yield from (seen.generation or 0 for seen in self.observation.pods or () if seen.ref == full_name)
        yield from (generation_of(self.files.get(slot.file_name)) for slot in manifest.workload.slots)

    def running(self, pod: PodRef) -> tuple[str, ...]:
        return tuple(seen.uid for seen in self.observation.ready_pods(pod.on(self.observation.node_name)))
