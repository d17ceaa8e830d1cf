"""What came of a run: one outcome a node, a report of them all, and the exit code it means."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from podwright.errors import ExitCode
from podwright.plan.health import Health
from podwright.plan.proof import Gap
from podwright.plan.stages import Plan
from podwright.problem import Problem


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
        return self.status is Status.PENDING and bool(self.plan and self.plan.pending)


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
