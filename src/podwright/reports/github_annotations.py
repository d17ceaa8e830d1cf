"""Findings as GitHub Actions annotations, `::error file=…,line=…,col=…,title=RULE::MESSAGE`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from podwright.reports.findings import sentence, shown_findings
from podwright.text import printable

if TYPE_CHECKING:
    from podwright.validation.findings import Finding
    from podwright.validation.judge import Verdict


def github_annotations(judged: Iterable[Verdict], *, pedantic: bool = False) -> list[str]:
    """Lines that GitHub Actions shows beside the file, `::error file=…,line=…,col=…,title=RULE::MESSAGE`."""
    return [
        _annotation(one.file, finding) for one in judged for finding in shown_findings(one, pedantic=pedantic)
    ]


def _annotation(file: str, finding: Finding) -> str:
    properties = {
        "file": finding.file or file,
        "line": finding.line,
        "col": finding.column,
        "title": finding.rule,
    }
    listed = ",".join(
        f"{name}={_property(str(value))}" for name, value in properties.items() if value is not None
    )
    level = "notice" if finding.severity == "note" else finding.severity
    return f"::{level} {listed}::{_data(sentence(finding))}"


def _data(text: str) -> str:
    return printable(text).replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
