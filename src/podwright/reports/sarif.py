"""Findings as a SARIF 2.1.0 log, which code hosts show beside the file."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote

from podwright.plan.drift import is_critical
from podwright.plan.node_checks.check import Result
from podwright.problem import Problem
from podwright.reports.findings import sentence
from podwright.validation.findings import Finding
from podwright.validation.judge import Verdict
from podwright.validation.rules import RULES

if TYPE_CHECKING:
    from podwright.operations.drift import NodeDrift
    from podwright.operations.node_check import NodeChecked
    from podwright.operations.report import Report

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(judged: Sequence[Verdict], version: str) -> dict[str, object]:
    """A SARIF 2.1.0 log with one run; `version` is podwright's own."""
    used = sorted({finding.rule for one in judged for finding in one.findings})
    rules = [{"id": name, "shortDescription": {"text": RULES[name].finds}} for name in used]
    return _log(
        version, rules, [_result(one.file, finding, used) for one in judged for finding in one.findings]
    )


def drift_sarif(report: Report[NodeDrift], version: str, inventory: str) -> dict[str, object]:
    """A SARIF 2.1.0 log of a drift check. A finding lies on a node, so its place is the inventory that says otherwise. What
    could not be checked is a notification of the run, since it has no result."""
    findings = [finding for node in report.nodes for finding in node.value.findings]
    used = sorted({finding.drift.value for finding in findings})
    location = {"physicalLocation": {"artifactLocation": {"uri": quote(inventory)}}}
    results = [
        {
            "ruleId": finding.drift.value,
            "ruleIndex": used.index(finding.drift.value),
            "level": "error" if is_critical(finding.drift) else "warning",
            "message": {"text": str(finding)},
            "locations": [location],
            "partialFingerprints": {
                "podwright/v1": sha256(
                    f"{finding.node}/{finding.drift.value}/{finding.subject}".encode()
                ).hexdigest()
            },
        }
        for finding in findings
    ]
    rules = [{"id": name, "shortDescription": {"text": name.replace("-", " ")}} for name in used]
    return _log(version, rules, results, report.problems)


_LEVELS = {Result.FAIL: "error", Result.WARN: "warning", Result.UNKNOWN: "note"}


def checks_sarif(report: Report[NodeChecked], version: str, inventory: str) -> dict[str, object]:
    """A SARIF 2.1.0 log of checks of nodes; what is waived is suppressed, with its reason. A node that was not checked is a
    notification of the run, since it has no result."""
    findings = [entry for node in report.nodes for entry in node.value.findings if entry.result in _LEVELS]
    used = {entry.check.id: entry.check for entry in sorted(findings, key=lambda entry: entry.check.id)}
    numbers = {name: number for number, name in enumerate(used)}
    location = {"physicalLocation": {"artifactLocation": {"uri": quote(inventory)}}}
    results = [
        {
            "ruleId": entry.check.id,
            "ruleIndex": numbers[entry.check.id],
            "level": _LEVELS[entry.result],
            "message": {"text": f"{entry.node}: {entry.problem}: {entry.judged.seen}"},
            "locations": [location],
            "partialFingerprints": {
                "podwright/v1": sha256(f"{entry.node}/{entry.check.id}".encode()).hexdigest()
            },
            **(
                {"suppressions": [{"kind": "external", "justification": entry.waived_because}]}
                if entry.waived_until
                else {}
            ),
        }
        for entry in findings
    ]
    rules = [
        {
            "id": check.id,
            "shortDescription": {"text": check.problem},
            "fullDescription": {"text": check.why},
            "help": {"text": check.mend},
        }
        for check in used.values()
    ]
    return _log(version, rules, results, report.problems)


def _log(version: str, rules: object, results: object, problems: Sequence[Problem] = ()) -> dict[str, object]:
    driver = {"name": "podwright", "version": version, "rules": rules}
    told = [{"level": "error", "message": {"text": str(problem)}} for problem in problems]
    run = {"executionSuccessful": False, "toolExecutionNotifications": told}
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {"tool": {"driver": driver}, "results": results, **({"invocations": [run]} if told else {})}
        ],
    }


def _result(file: str, finding: Finding, used: list[str]) -> dict[str, object]:
    location: dict[str, object] = {
        "artifactLocation": {"uri": quote((finding.file or file).encode("utf-8", "surrogateescape"))}
    }
    if finding.line is not None:
        location["region"] = {"startLine": finding.line, "startColumn": finding.column or 1}
    return {
        "ruleId": finding.rule,
        "ruleIndex": used.index(finding.rule),
        "level": finding.severity,
        "message": {"text": sentence(finding)},
        "locations": [{"physicalLocation": location}],
    }
