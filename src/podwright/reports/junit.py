"""Findings as a JUnit report: one test case a file, a failure if something stops a push."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

from podwright.reports.findings import place, sentence, stopping
from podwright.text import printable

if TYPE_CHECKING:
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
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(suites, encoding="unicode") + "\n"
