"""What came of a run: one result a node, of whatever command, and a report of them all."""

from __future__ import annotations

import dataclasses
import traceback
from enum import StrEnum
from typing import Generic, TypeVar

from msgspec import Struct

from podwright.errors import BecomeError, HostError, HostUnreachableError, PodwrightError
from podwright.exit_codes import ExitCode
from podwright.operations.interruption import NotBegunError
from podwright.plan.expectation_progress import Gap
from podwright.plan.failed_pod_evidence import Finding
from podwright.plan.health import Health
from podwright.plan.stages import Plan
from podwright.problem import Problem

Value = TypeVar("Value")


class Status(StrEnum):
    """One word for a node."""

    OBSERVED = "observed"
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    PENDING = "pending"
    CONFLICT = "conflict"
    REFUSED = "refused"
    FAILED = "failed"
    UNREACHABLE = "unreachable"
    NOT_BEGUN = "not-begun"


_WELL = (Status.OBSERVED, Status.UNCHANGED, Status.CHANGED, Status.PENDING)


class NodeResult(Struct, Generic[Value], frozen=True):
    """What came of one node; `value` holds what was found or done there, whatever went wrong afterwards.

    `seconds` is how long it took. `trace` is the traceback if a bug of ours ended it, for a log file.
    """

    node: str
    status: Status
    value: Value
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0
    trace: str = ""

    @property
    def failed(self) -> bool:
        return self.status not in _WELL


class Report(Struct, Generic[Value], frozen=True):
    """All results in the order of the inventory; `kind` names the command for JSON. `failures` are of no one node."""

    kind: str
    nodes: tuple[NodeResult[Value], ...]
    notes: tuple[str, ...] = ()
    failures: tuple[Problem, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        return (*self.failures, *(problem for result in self.nodes for problem in result.problems))

    def count(self, status: Status) -> int:
        return sum(result.status is status for result in self.nodes)


class Applied(Struct, frozen=True):
    """One write that was made on the node: `what` is written, deleted, second, restored or reverted.

    Of a thing of the node itself it may be removed, released, or returned: its original is back.
    """

    file_name: str
    what: str


class Reverted(Struct, frozen=True):
    """A file whose new pod failed: it is as in `revision` again (None: removed), which is `proven` or not."""

    file_name: str
    revision: int | None
    proven: bool


class Convergence(Struct, frozen=True):
    """What push and remove did on a node: what was planned, what of it was applied, and what proves it.

    `findings` are of files that stand as they were written and whose pods are not proven.
    """

    plan: Plan | None = None
    applied: tuple[Applied, ...] = ()
    healths: tuple[Health, ...] = ()
    gaps: tuple[Gap, ...] = ()
    findings: tuple[tuple[str, Finding], ...] = ()
    reverted: tuple[Reverted, ...] = ()


Outcome = NodeResult[Convergence]


def convergence_code(report: Report[Convergence], *, pending_is_drift: bool = False) -> ExitCode:
    """A run that was paused has failed nowhere, and is not done."""
    if report.failures or any(
        result.failed and result.status is not Status.NOT_BEGUN for result in report.nodes
    ):
        return ExitCode.FAILED
    if report.count(Status.NOT_BEGUN):
        return ExitCode.UNCHECKED
    if pending_is_drift and report.count(Status.PENDING):
        return ExitCode.DRIFT
    healths = (health for result in report.nodes for health in result.value.healths)
    unchecked = any(not health.proven or health.readiness_unchecked for health in healths)
    return ExitCode.UNCHECKED if unchecked else ExitCode.DONE


def failure(node: str, error: BaseException, value: Value, *, begun: bool = False) -> NodeResult[Value]:
    """The result of a node whose work raised: what was expected in its words, a bug with its traceback.

    `begun`: the node was reached before, so an error of its connection is no longer one of reaching it.
    """
    if isinstance(error, NotBegunError):
        return NodeResult(node, Status.NOT_BEGUN, value, problems_on(node, error))
    lost = isinstance(error, HostError) and not isinstance(error, BecomeError) and not begun
    unreachable = lost or isinstance(error, HostUnreachableError)
    return NodeResult(
        node,
        Status.UNREACHABLE if unreachable else Status.FAILED,
        value,
        problems_on(node, error),
        trace="" if isinstance(error, PodwrightError) else "".join(traceback.format_exception(error)),
    )


def problems_on(node: str, error: BaseException) -> tuple[Problem, ...]:
    """An error's problems with their node, which most name themselves; of a bug, only that it is one."""
    if not isinstance(error, PodwrightError):
        bug = f"a bug in podwright: {type(error).__name__}"
        return (Problem(bug, "please report it with the traceback", node=node),)
    return tuple(
        dataclasses.replace(problem, message=problem.message.removeprefix(f"{node}: "), node=node)
        for problem in error.problems
    )
