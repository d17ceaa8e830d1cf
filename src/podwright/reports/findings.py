"""Verdicts in the forms that people and programs read: records for JSON, SARIF 2.1.0, JUnit, GitHub annotations, rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from podwright.validation.findings import Finding
from podwright.validation.folder import Judged
from podwright.validation.rules import RULES

RULES_PAGE = "docs/rules.md"
_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def passes(judged: Iterable[Judged], *, strict: bool = False) -> bool:
    """Whether nothing stops a push: no errors; with `strict` no warnings either."""
    bad = {"error", "warning"} if strict else {"error"}
    return not any(finding.severity in bad for one in judged for finding in one.verdict.findings)


def record(one: Judged) -> dict[str, object]:
    """One file for `-o json`."""
    verdict = one.verdict
    return {
        "file": one.file,
        "kubelet": verdict.kubelet,
        "mirror": verdict.mirror,
        "pod": None if verdict.pod is None else str(verdict.pod),
        "findings": [_finding_record(finding) for finding in verdict.findings],
    }


def _finding_record(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "message": finding.message,
        "hint": finding.hint,
    }


def rows(judged: Iterable[Judged]) -> list[tuple[str, str, str, str, str]]:
    """Rows of the table: place (`file:line:column`), severity, rule, message, hint."""
    return [
        (_place(one.file, finding), finding.severity, finding.rule, finding.message, finding.hint)
        for one in judged
        for finding in one.verdict.findings
    ]


def _place(file: str, finding: Finding) -> str:
    return ":".join(str(part) for part in (file, finding.line, finding.column) if part is not None)


def sarif(judged: Sequence[Judged], version: str) -> dict[str, object]:
    """A SARIF 2.1.0 log with one run; `version` is podwright's own."""
    used = sorted({finding.rule for one in judged for finding in one.verdict.findings})
    driver = {
        "name": "podwright",
        "version": version,
        "rules": [{"id": name, "shortDescription": {"text": RULES[name].finds}} for name in used],
    }
    results = [_sarif_result(one.file, finding, used) for one in judged for finding in one.verdict.findings]
    return {
        "$schema": _SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }


def _sarif_result(file: str, finding: Finding, used: list[str]) -> dict[str, object]:
    location: dict[str, object] = {"artifactLocation": {"uri": _uri(file)}}
    if finding.line is not None:
        location["region"] = {"startLine": finding.line, "startColumn": finding.column or 1}
    return {
        "ruleId": finding.rule,
        "ruleIndex": used.index(finding.rule),
        "level": finding.severity,
        "message": {"text": _sentence(finding)},
        "locations": [{"physicalLocation": location}],
    }


def _uri(file: str) -> str:
    from urllib.parse import quote

    return quote(file.encode("utf-8", "surrogateescape"))


def _sentence(finding: Finding) -> str:
    return f"{finding.message} ({finding.hint})" if finding.hint else finding.message


def junit(judged: Sequence[Judged], *, strict: bool = False) -> str:
    """A JUnit report: one test case a file, a failure where something stops a push."""
    bad = {"error", "warning"} if strict else {"error"}
    cases = [_junit_case(one, bad) for one in judged]
    failures = sum(not passes([one], strict=strict) for one in judged)
    attributes = f'name="podwright manifest validate" tests="{len(judged)}" failures="{failures}" errors="0"'
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites><testsuite {attributes}>", *cases]
    return "\n".join([*lines, "</testsuite></testsuites>", ""])


def _junit_case(one: Judged, bad: set[str]) -> str:
    case = f'<testcase classname="manifests" name="{_xml(one.file)}"'
    told = [finding for finding in one.verdict.findings if finding.severity in bad]
    if not told:
        return f"{case}/>"
    body = "\n".join(f"{_place(one.file, finding)}: {_sentence(finding)}" for finding in told)
    return f'{case}><failure type="{_xml(told[0].rule)}" message="{_xml(told[0].message)}">{_xml(body)}</failure></testcase>'


def _xml(text: str) -> str:
    """Text for XML 1.0, which has no place for most control characters."""
    allowed = (character if character in "\t\n" or _in_xml(character) else "�" for character in text)
    return escape("".join(allowed))


def _in_xml(character: str) -> bool:
    return " " <= character <= "\ud7ff" or "\ue000" <= character <= "\ufffd" or character >= "\U00010000"


def github_annotations(judged: Iterable[Judged]) -> list[str]:
    """Lines that GitHub Actions shows beside the file, `::error file=…,line=…,col=…,title=RULE::MESSAGE`."""
    return [_annotation(one.file, finding) for one in judged for finding in one.verdict.findings]


def _annotation(file: str, finding: Finding) -> str:
    properties = {"file": file, "line": finding.line, "col": finding.column, "title": finding.rule}
    listed = ",".join(
        f"{name}={_property(str(value))}" for name, value in properties.items() if value is not None
    )
    return f"::{finding.severity} {listed}::{_data(_sentence(finding))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
