"""One mapping from failures to results, for every command."""

from __future__ import annotations

import pytest

from podwright.errors import (
    AuthenticationError,
    BecomeError,
    ClusterError,
    HostError,
    HostTimeoutError,
    HostUnreachableError,
)
from podwright.exit_codes import ExitCode
from podwright.operations.interruption import InterruptedRunError
from podwright.operations.report import (
    Convergence,
    NodeResult,
    Report,
    Status,
    convergence_code,
    failure,
    problems_on,
)


@pytest.mark.parametrize(
    ("error", "begun", "status"),
    [
        (HostUnreachableError("n1: timed out"), False, Status.UNREACHABLE),
        (BecomeError("n1: sudo refused the password"), False, Status.FAILED),
        (HostUnreachableError("n1: the connection is lost"), True, Status.UNREACHABLE),
        (AuthenticationError("n1: refused"), False, Status.UNREACHABLE),
        (HostTimeoutError("n1: no end"), True, Status.FAILED),
        (ClusterError("no API"), False, Status.FAILED),
        (InterruptedRunError(), False, Status.NOT_BEGUN),
        (ZeroDivisionError(), False, Status.FAILED),
    ],
)
def test_what_a_nodes_work_raised_is_its_status(error, begun, status) -> None:
    result = failure("n1", error, Convergence(), begun=begun)
    assert (result.status, result.failed, result.node) == (status, True, "n1")
    assert bool(result.trace) is isinstance(error, ZeroDivisionError)


def test_a_problem_names_its_node_once_whoever_named_it() -> None:
    for message in ("n1: it is gone", "it is gone"):
        [problem] = problems_on("n1", HostError(message, "why?"))
        assert (str(problem), problem.node, problem.hint) == ("n1: it is gone", "n1", "why?")


@pytest.mark.parametrize(
    ("statuses", "code", "drift_code"),
    [
        ([], ExitCode.DONE, ExitCode.DONE),
        ([Status.UNCHANGED, Status.CHANGED], ExitCode.DONE, ExitCode.DONE),
        ([Status.PENDING], ExitCode.DONE, ExitCode.DRIFT),
        ([Status.PENDING, Status.REFUSED], ExitCode.FAILED, ExitCode.FAILED),
        ([Status.UNREACHABLE], ExitCode.FAILED, ExitCode.FAILED),
    ],
)
def test_the_worst_node_is_the_exit_code(statuses, code, drift_code) -> None:
    results = tuple(NodeResult(f"n{at}", status, Convergence()) for at, status in enumerate(statuses))
    report = Report("PushReport", results)
    assert convergence_code(report) is code
    assert convergence_code(report, pending_is_drift=True) is drift_code
