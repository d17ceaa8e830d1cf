"""Chooses of a drift check what a push can end: the files that count as drift, and nothing that is excused."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from podwright.manifests.workload import whatever_slot
from podwright.operations.desired import Desired
from podwright.operations.drift import Checked, NodeDrift
from podwright.operations.report import Report
from podwright.plan.drift import Finding
from podwright.plan.drift_excuses import WRITTEN
from podwright.plan.reasons import Difference, Drift


class Fix(Struct, frozen=True):
    """What is to be pushed, what that does not end, and why some nodes are not pruned."""

    desired: tuple[Desired, ...] = ()
    left: tuple[Finding, ...] = ()
    warnings: tuple[str, ...] = ()


def fix_of(report: Report[NodeDrift], desired: Iterable[Desired], *, prune: bool) -> Fix:
    """Each node's part of what should run, narrowed to what drifted there."""
    checked = {result.node: result for result in report.nodes}
    chosen, left, warnings = [], [], []
    for one in desired:
        result = checked.pop(one.node.name)
        names = {whatever_slot(_file(finding)) for finding in result.value.findings if _ends_by_push(finding)}
        orphans = [finding for finding in result.value.findings if finding.drift is Drift.FILE_ORPHANED]
        excused = _excused_files(result)
        pruned = bool(prune and orphans and not excused)
        if prune and orphans and excused:
            # all that a node should have must be known to prune, and what is excused is not to be pushed
            warnings.append(f"{one.node.name}: nothing is pruned: {', '.join(excused)} must be left alone")
        if names or pruned:
            chosen.append(one if pruned else _narrowed(one, names))
        ended = orphans if pruned else ()
        left += [one for one in result.value.findings if not _ends_by_push(one) and one not in ended]
    left += [finding for result in checked.values() for finding in result.value.findings]
    return Fix(tuple(chosen), tuple(left), tuple(warnings))


def _ends_by_push(finding: Finding) -> bool:
    """No push writes a file that is another's, or adopted as it lies there, for its label alone.

    Of a file of ours that cannot be read, it ends that its pod does not run too.
    """
    if finding.reason.kind is Difference.UNREADABLE:
        return True
    return finding.drift in WRITTEN and finding.reason.kind is not Drift.FILE_LABEL


def _file(finding: Finding) -> str:
    return finding.file or finding.subject


def _excused_files(result: Checked) -> list[str]:
    found = (entry.finding for entry in result.value.excused)
    return list(dict.fromkeys(f"`{_file(finding)}`" for finding in found if _ends_by_push(finding)))


def _narrowed(desired: Desired, names: set[str]) -> Desired:
    manifests = tuple(
        manifest for manifest in desired.manifests if whatever_slot(manifest.file_name) in names
    )
    absent = tuple(name for name in desired.absent if whatever_slot(name) in names)
    return replace(desired, manifests=manifests, absent=absent, owner=None)
