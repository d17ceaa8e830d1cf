"""A drift check as Nagios and Icinga read it: one line with performance data, more lines below, codes 0 to 3."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import TYPE_CHECKING

from podwright.plan.drift import is_critical
from podwright.problem import Problem
from podwright.text import counted, printable

if TYPE_CHECKING:
    from podwright.operations.drift import NodeDrift
    from podwright.operations.report import Report

#: below the first line
MOST_LINES = 50


class NagiosCode(IntEnum):
    """What the process exits with."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


def nagios_code(report: Report[NodeDrift]) -> NagiosCode:
    """What is known to be wrong outweighs what could not be checked."""
    findings = [finding for node in report.nodes for finding in node.value.findings]
    if any(is_critical(finding.drift) for finding in findings):
        return NagiosCode.CRITICAL
    if findings:
        return NagiosCode.WARNING
    return NagiosCode.UNKNOWN if any(node.problems for node in report.nodes) else NagiosCode.OK


def nagios_lines(report: Report[NodeDrift], seconds: float) -> list[str]:
    """The answer; only the first line goes to pagers."""
    findings = [finding for node in report.nodes for finding in node.value.findings]
    unchecked = [node for node in report.nodes if node.problems]
    parts = [f"{counted(len(findings), 'finding')} on {counted(len(report.nodes), 'node')}"]
    if unchecked:
        parts.append(f"{len(unchecked)} not fully checked")
    critical = sum(is_critical(finding.drift) for finding in findings)
    data = (
        f"'findings'={len(findings)};0;;0 'critical'={critical};;0;0 'unchecked'={len(unchecked)};0;;0;{len(report.nodes)}"
        f" 'nodes'={len(report.nodes)};;;0 'time'={seconds:.2f}s;;;0"
    )
    first = f"PODWRIGHT {nagios_code(report).name}: {', '.join(parts)} | {data}"
    more = [*map(str, findings), *(f"{node.node}: {node.problems[0].message}" for node in unchecked)]
    left = [f"and {len(more) - MOST_LINES} more"] if len(more) > MOST_LINES else []
    return [first, *(_line(text) for text in (*more[:MOST_LINES], *left))]


def nagios_failure(problems: Iterable[Problem]) -> list[str]:
    """The answer if nothing could be checked."""
    first, *more = [str(problem) for problem in problems]
    return [f"PODWRIGHT UNKNOWN: {_line(first)}", *map(_line, more[:MOST_LINES])]


def _line(text: str) -> str:
    """A bar would begin performance data."""
    return printable(text).replace("\n", " ").replace("|", "/")
