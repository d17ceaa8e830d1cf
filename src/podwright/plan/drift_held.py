"""Drift of what somebody holds: it is told, and does not count, as no push may end it meanwhile."""

from __future__ import annotations

from collections.abc import Iterable

from podwright.plan.drift import Finding
from podwright.plan.drift_excuses import WRITTEN
from podwright.plan.holds import Hold
from podwright.plan.reasons import Drift, Excuse, Reason, because

#: what a push would end
_OF_FILES = WRITTEN | {Drift.FILE_COSMETIC, Drift.FILE_ORPHANED}


def held_findings(node: str, holds: Iterable[Hold]) -> tuple[Finding, ...]:
    """That there are holds, which are in force; none of them counts."""
    return tuple(
        Finding(node, Drift.NODE_HELD, hold.subject.strip("`"), because(Drift.NODE_HELD, **hold.words))
        for hold in holds
    )


def excused_by(holds: Iterable[Hold], findings: Iterable[Finding]) -> dict[Finding, Reason[Excuse]]:
    """Findings that do not count, as they are about what is held, or that it is."""
    found: dict[Finding, Reason[Excuse]] = {}
    for hold in holds:
        for finding in findings:
            of_file = finding.drift in _OF_FILES and hold.covers(finding.file or finding.subject)
            if of_file or finding.drift is Drift.NODE_HELD:
                found.setdefault(finding, because(Excuse.HELD, **hold.words))
    return found
