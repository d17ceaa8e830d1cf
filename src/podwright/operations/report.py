"""What came of a run: one outcome a node, a report of them all, and the exit code it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from podwright.errors import ExitCode
from podwright.operations.timeline import Gap
from podwright.plan.changes import Action, Change, Plan
from podwright.plan.health import Health
from podwright.problem import Problem

API_VERSION = "podwright.dev/v1"


class Status(StrEnum):
    """One word for a node."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    PENDING = "pending"
    CONFLICT = "conflict"
    REFUSED = "refused"
    FAILED = "failed"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Applied:
    """One write that was made on the node: `what` is written, deleted, or second."""

    file_name: str
    what: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one node: always says what was applied, whatever went wrong.

    `seconds` is how long it took. `trace` is the traceback where a bug of ours ended it, for a log file.
    """

    node: str
    status: Status
    plan: Plan | None = None
    applied: tuple[Applied, ...] = ()
    healths: tuple[Health, ...] = ()
    gaps: tuple[Gap, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0
    trace: str = ""

    @property
    def failed(self) -> bool:
        return self.status not in (Status.UNCHANGED, Status.CHANGED, Status.PENDING)

    @property
    def changes_pending(self) -> bool:
        return self.status is Status.PENDING and bool(self.plan and self.plan.writes)


@dataclass(frozen=True, slots=True)
class Report:
    """All outcomes in the order of the inventory; `kind` names the command for JSON."""

    kind: str
    outcomes: tuple[Outcome, ...]
    notes: tuple[str, ...] = ()

    def exit_code(self, *, pending_is_drift: bool = False) -> ExitCode:
        if any(outcome.failed for outcome in self.outcomes):
            return ExitCode.FAILED
        if pending_is_drift and any(outcome.changes_pending for outcome in self.outcomes):
            return ExitCode.DRIFT
        return ExitCode.DONE

    def count(self, status: Status) -> int:
        return sum(outcome.status is status for outcome in self.outcomes)


def report_document(report: Report) -> Mapping[str, object]:
    """The report for `-o json` and `-o yaml`; fields are only ever added within one apiVersion."""
    return {
        "apiVersion": API_VERSION,
        "kind": report.kind,
        "nodes": [outcome_document(outcome) for outcome in report.outcomes],
        "notes": list(report.notes),
    }


def outcome_document(outcome: Outcome) -> Mapping[str, object]:
    changes = outcome.plan.changes if outcome.plan else ()
    return {
        "node": outcome.node,
        "status": str(outcome.status),
        "changes": [change_document(change) for change in changes],
        "applied": [{"file": entry.file_name, "what": entry.what} for entry in outcome.applied],
        "pods": [health_document(health) for health in outcome.healths],
        "nothingRanSeconds": {gap.pod: round(gap.seconds, 2) for gap in outcome.gaps},
        "problems": [problem_document(problem) for problem in outcome.problems],
        "warnings": list(outcome.warnings),
        "seconds": round(outcome.seconds, 2),
    }


def change_document(change: Change) -> Mapping[str, object]:
    return {
        "file": change.file_name,
        "action": str(change.action),
        "pod": str(change.pod) if change.pod else None,
        "digest": change.manifest.digest if change.manifest else None,
        "generation": change.generation
        if change.action in (Action.CREATE, Action.UPDATE, Action.KEEP)
        else None,
        "reason": change.reason,
    }


def health_document(health: Health) -> Mapping[str, object]:
    expectation = health.expectation
    return {
        "pod": str(expectation.pod),
        "expected": "gone" if expectation.gone else str(expectation.wait_for),
        "proven": health.proven,
        "uid": health.uid,
        "witnesses": {
            entry.name: {"says": str(entry.says), "detail": entry.detail} for entry in health.witnesses
        },
    }


def problem_document(problem: Problem) -> Mapping[str, object]:
    place = problem.place
    return {
        "message": problem.message,
        "hint": problem.hint,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
    }
