"""Whose a file is: another's, adopted or given up by a note on the node; and why it is not what it should be."""

from __future__ import annotations

from collections.abc import Iterator

from podwright.manifests.manifest import Manifest
from podwright.manifests.node_files import Rejected
from podwright.manifests.workload import SUFFIX, whatever_slot
from podwright.plan.observed import FileKind, ObservedFile
from podwright.plan.reasons import Conflict, Difference, Reason, because

#: only the node's note on whose file it is changes
AS_IT_LIES = (Difference.NOTED, Difference.MARK_THERE, Difference.NOTE_REMOVED, Difference.MARK_STAYS)


def difference_of_foreign(
    manifest: Manifest | None, observed: ObservedFile, *, adopt: bool, note: bool
) -> Reason[Difference] | None:
    """Of what is not ours, or is by a note alone."""
    if observed.adopted and not adopt:
        return _changes_of_adopted(manifest, observed)
    if manifest and not (adopt or note) and _is_wanted_pod(manifest, observed):
        return because(Difference.SAME_POD, pod=observed.name.removesuffix(SUFFIX))
    if manifest and observed.marked and (note or _is_same(manifest, observed)):
        return because(Difference.MARK_THERE)
    if manifest and note and observed.kind is FileKind.REGULAR:
        return because(Difference.NOTED)
    if manifest and observed.kind is FileKind.LINK:
        return because(Difference.LINK_REPLACED, target=leads_to(observed))
    if manifest and isinstance(observed.manifest, Rejected):
        return because(Difference.UNREADABLE)
    return because(Difference.ADOPTED if manifest else Difference.FOREIGN_REMOVED)


def _changes_of_adopted(manifest: Manifest | None, observed: ObservedFile) -> Reason[Difference] | None:
    """That our mark is missing is no reason to restart its pod."""
    if manifest is None or _is_same(manifest, observed):
        return None
    return because(Difference.CONTENT if observed.pod else Difference.UNREADABLE)


def _is_wanted_pod(manifest: Manifest, observed: ObservedFile) -> bool:
    """Whether another's file is the pod that is wanted: nothing is to be written, whoever owns it."""
    return observed.kind is FileKind.REGULAR and not observed.marked and _is_same(manifest, observed)


def _is_same(manifest: Manifest, observed: ObservedFile) -> bool:
    return isinstance(observed.manifest, Manifest) and observed.manifest.digest == manifest.digest


def difference_of_released(observed: ObservedFile, *, note: bool) -> Reason[Difference] | None:
    """Of what podwright is to give up: by a `note` if a restart may not be, otherwise its mark goes."""
    if observed.adopted:
        return because(Difference.NOTE_REMOVED)
    if observed.marked and not note:
        return because(Difference.RELEASED)
    return because(Difference.MARK_STAYS) if observed.managed else None


def conflicts_of_foreign(
    manifest: Manifest | None, observed: ObservedFile, *, adopt: bool
) -> Iterator[Reason[Conflict]]:
    """Why what is not ours is in the way of what should lie there, or be gone."""
    name = observed.name
    if observed.kind is FileKind.DIRECTORY:
        yield because(Conflict.DIRECTORY, name=name)
    elif observed.kind not in (FileKind.REGULAR, FileKind.LINK):
        yield because(Conflict.NOT_A_FILE, name=name)
    elif not adopt and observed.kind is FileKind.LINK:
        kind = Conflict.LINK if manifest else Conflict.LINK_TO_REMOVE
        yield because(kind, name=name, target=leads_to(observed))
    elif not adopt and isinstance(observed.manifest, Rejected) and not observed.marked:
        # our mark would be in what cannot be read, so nobody knows whose it is
        kind = Conflict.UNREADABLE if manifest else Conflict.UNREADABLE_TO_REMOVE
        pod = whatever_slot(name).removesuffix(SUFFIX)
        yield because(kind, name=name, pod=pod, why=observed.manifest.reason)
    elif not adopt and manifest is None:
        yield because(
            Conflict.RELEASED_TO_REMOVE if observed.marked else Conflict.NOT_OURS_TO_REMOVE, name=name
        )
    elif not adopt and manifest and not _is_wanted_pod(manifest, observed):
        kind = Conflict.RELEASED if observed.marked else Conflict.NOT_OURS
        yield because(kind, name=name, pod=name.removesuffix(SUFFIX))


def leads_to(link: ObservedFile) -> str:
    return f" to {link.link}" if link.link else ""
