"""Findings as a JUnit report: a test case a file that is judged, or a node that is checked for drift."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

from podwright.plan.node_checks.check import NodeFinding, Result
from podwright.reports.findings import place, sentence, stopping
from podwright.text import printable

if TYPE_CHECKING:
    from podwright.operations.drift import NodeDrift
    from podwright.operations.node_check import NodeChecked
    from podwright.operations.report import Report
    from podwright.validation.judge import Verdict

#: a warning passes, as in the exit code
_CASES = {Result.FAIL: "failure", Result.UNKNOWN: "error", Result.NOT_APPLICABLE: "skipped"}


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


def checks_junit(report: Report[NodeChecked]) -> str:
    """A suite a node and a case a check: failed, skipped if it does not apply or is waived, an error if it is unknown; what
    warns passes and says so."""
    suites = Element("testsuites")
    for node in report.nodes:
        suite = SubElement(suites, "testsuite", name=printable(node.node), time=f"{node.seconds:.2f}")
        for finding in node.value.findings:
            case = SubElement(suite, "testcase", classname=printable(node.node), name=finding.check.id)
            tag = "skipped" if finding.waived_until else _CASES.get(finding.result)
            if tag:
                message = printable(finding.waived_because if finding.waived_until else _seen(finding))
                SubElement(case, tag, message=message).text = printable(finding.mend)
            elif finding.result is Result.WARN:
                SubElement(case, "system-out").text = printable(f"{_seen(finding)}\n{finding.mend}")
        for problem in node.problems:
            case = SubElement(suite, "testcase", classname="unchecked", name=printable(node.node))
            SubElement(case, "error", message=printable(problem.message)).text = printable(problem.hint)
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            suite.set(name, str(len(suite.findall(f"testcase/{tag}"))))
        suite.set("tests", str(len(suite)))
    return _document(suites)


def _seen(finding: NodeFinding) -> str:
    wrong = finding.result in (Result.FAIL, Result.WARN)
    return f"{finding.check.problem}: {finding.judged.seen}" if wrong else finding.judged.seen


def _document(suites: Element) -> str:
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(suites, encoding="unicode") + "\n"
