"""Nagios mode: one short line with performance data, and the codes of monitoring plugins."""

from __future__ import annotations

import re

import pytest
from tests.fakes import results

from podwright.operations.report import Report
from podwright.plan.drift import Finding
from podwright.plan.reasons import Difference, Drift, because
from podwright.problem import Problem
from podwright.reports.nagios import MOST_LINES, NagiosCode, nagios_code, nagios_failure, nagios_lines

CLEAN = results.checked("n1")
UNCHECKED = results.checked("n3", problems=(Problem("unreachable", node="n3"),))
FIRST = re.compile(
    r"PODWRIGHT (OK|WARNING|CRITICAL|UNKNOWN): [^|\n]{1,80} \|( '[a-z]+'=[0-9.]+s?;[0-9]*;[0-9]*;[0-9]*(;[0-9]*)?)+"
)


def drifted(kind: Drift, subject: str = "web.yaml"):
    return results.checked("n2", (Finding("n2", kind, subject, because(Difference.CONTENT)),))


def report(*nodes) -> Report:
    return Report("DriftReport", nodes)


@pytest.mark.parametrize(
    ("nodes", "code"),
    [
        ((CLEAN,), NagiosCode.OK),
        ((CLEAN, drifted(Drift.FILE_CHANGED)), NagiosCode.WARNING),
        ((drifted(Drift.POD_NOT_RUNNING), UNCHECKED), NagiosCode.CRITICAL),
        ((CLEAN, UNCHECKED), NagiosCode.UNKNOWN),
        ((drifted(Drift.FILE_CHANGED), UNCHECKED), NagiosCode.WARNING),
    ],
)
def test_what_is_wrong_outweighs_what_could_not_be_checked(nodes, code: NagiosCode) -> None:
    assert nagios_code(report(*nodes)) is code
    first = nagios_lines(report(*nodes), 1.5)[0]
    assert FIRST.fullmatch(first), first
    assert first.startswith(f"PODWRIGHT {code.name}: ")


def test_what_was_found_stands_below_without_a_bar_or_a_line_end() -> None:
    lines = nagios_lines(report(drifted(Drift.FILE_MISSING, "a|b\nc"), UNCHECKED), 1.0)
    assert lines[1].startswith("n2: file-missing: a/b c: ")
    assert lines[2] == "n3: unreachable"


def test_a_long_list_is_cut() -> None:
    lines = nagios_lines(report(*[UNCHECKED] * 70), 1.0)
    assert (len(lines), lines[-1]) == (MOST_LINES + 2, "and 20 more")


def test_a_failure_before_any_check_is_unknown() -> None:
    assert nagios_failure((Problem("no | inventory"), Problem("b"))) == [
        "PODWRIGHT UNKNOWN: no / inventory",
        "b",
    ]
