"""Why a file that does not carry our mark is not what it should be: another's, or adopted by a note on the node."""

from __future__ import annotations

from podwright.manifests.manifest import Manifest
from podwright.plan.observed import FileKind, ObservedFile
from podwright.plan.reasons import Difference, Reason, because


def difference_of_foreign(
    manifest: Manifest | None, observed: ObservedFile, *, adopt: bool, note: bool
) -> Reason[Difference] | None:
    """Of what does not carry our mark."""
    if manifest and not manifest.marked:
        return because(Difference.NOTE_REMOVED) if observed.adopted else None
    if observed.adopted and not adopt:
        return _changes_of_adopted(manifest, observed)
    if manifest and note and observed.kind is FileKind.REGULAR:
        return because(Difference.NOTED)
    if manifest and observed.kind is FileKind.LINK:
        return because(Difference.LINK_REPLACED, target=leads_to(observed))
    return because(Difference.ADOPTED if manifest else Difference.FOREIGN_REMOVED)


def _changes_of_adopted(manifest: Manifest | None, observed: ObservedFile) -> Reason[Difference] | None:
    """That our mark is missing is no reason to restart its pod."""
    there = observed.manifest
    if manifest is None or (isinstance(there, Manifest) and there.digest == manifest.digest):
        return None
    return because(Difference.CONTENT if isinstance(there, Manifest) else Difference.UNREADABLE)


def leads_to(link: ObservedFile) -> str:
    return f" to {link.link}" if link.link else ""
