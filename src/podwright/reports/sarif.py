"""Findings as a SARIF 2.1.0 log, which code hosts show beside the file."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from podwright.reports.findings import sentence
from podwright.validation.findings import Finding
from podwright.validation.judge import Verdict
from podwright.validation.rules import RULES

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(judged: Sequence[Verdict], version: str) -> dict[str, object]:
    """A SARIF 2.1.0 log with one run; `version` is podwright's own."""
    used = sorted({finding.rule for one in judged for finding in one.findings})
    driver = {
        "name": "podwright",
        "version": version,
        "rules": [{"id": name, "shortDescription": {"text": RULES[name].finds}} for name in used],
    }
    results = [_result(one.file, finding, used) for one in judged for finding in one.findings]
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
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
