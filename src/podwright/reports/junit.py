"""Findings as a JUnit report: a test case a file that is judged, or a node that is checked for drift."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

from podwright.reports.findings import place, sentence, stopping
from podwright.text import printable

if TYPE_CHECKING:
    from podwright.operations.drift import NodeDrift
    from podwright.operations.report import Report
    from podwright.validation.judge import Verdict


def junit(judged: Sequence[Verdict], *, strict: bool = False) -> str:
    """The whole report as XML; XML has no place for control characters, so they are escaped as everywhere."""
    stopped = [stopping(one, strict=strict) for one in judged]
    suites = Element("testsuites")
    failures = str(sum(map(bool, stopped)))
    name = "podwright manifest validate"
    suite = SubElement(suites, "testsuite", name=name, tests=str(len(judged)), failures=failures, errors="0")
    for one, findings in zip(judged, stopped, strict=True):
        case = SubElement(suite, "testcase", classname="manifests", name=printable(one.file))
        if findings:
            first = findings[0]
            failure = SubElement(case, "failure", type=first.rule, message=printable(first.message))
            lines = (f"{place(one.file, finding)}: {sentence(finding)}" for finding in findings)
            failure.text = printable("\n".join(lines))
    return _document(suites)


def drift_junit(report: Report[NodeDrift]) -> str:
    """A suite a node: each finding is a failed case, what could not be checked an error, and a clean node a passed case."""
    suites = Element("testsuites")
    for node in report.nodes:
        findings, problems = node.value.findings, node.problems
        suite = SubElement(
            suites,
            "testsuite",
            name=printable(node.node),
            tests=str(len(findings) + len(problems) or 1),
            failures=str(len(findings)),
            errors=str(len(problems)),
            time=f"{node.seconds:.2f}",
        )
        for finding in findings:
            case = SubElement(
                suite, "testcase", classname=finding.drift.value, name=printable(finding.subject)
            )
            message = printable(finding.detail)
            SubElement(case, "failure", type=finding.drift.value, message=message).text = printable(
                str(finding)
            )
        for problem in problems:
            case = SubElement(suite, "testcase", classname="unchecked", name=printable(node.node))
            SubElement(case, "error", message=printable(problem.message)).text = printable(problem.hint)
        if not findings and not problems:
            SubElement(suite, "testcase", classname="drift", name="in sync")
    return _document(suites)


def _document(suites: Element) -> str:
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(suites, encoding="unicode") + "\n"
