"""A drift check as a document for `-o json`, `yaml` and `jsonl`; fields are only ever added within one apiVersion."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from podwright.plan.drift import Finding, severity
from podwright.plan.drift_history import NO_HISTORY, DriftHistory, Seen, key_of
from podwright.plan.words import message
from podwright.reports.documents import API_VERSION, health_document, problem_document
from podwright.reports.drift_remedies import remedy_of
from podwright.reports.timestamps import iso

if TYPE_CHECKING:
    from podwright.operations.drift import Checked, NodeDrift
    from podwright.operations.report import Report
    from podwright.plan.drift_history import Course


def drift_document(report: Report[NodeDrift], history: DriftHistory = NO_HISTORY) -> dict[str, object]:
    """A later check can be compared with it, so it says what was asked."""
    before, scope = history.before, history.scope
    return {
        "apiVersion": API_VERSION,
        "kind": "DriftReport",
        "checkedAt": iso(history.now),
        "comparedWith": iso(before.at) if before else None,
        "scope": {
            "only": list(scope.only),
            "ignored": list(scope.ignored),
            "waitFor": scope.wait_for,
            "api": scope.api,
        },
        "nodes": [_of_node(node) for node in report.nodes],
        "notes": list(report.notes),
    }


def kept_document(report: Report[NodeDrift], history: DriftHistory) -> dict[str, object]:
    """What the next check needs of this one: without the evidence, which is most of it."""
    document = drift_document(report, history)
    document["nodes"] = [{**_of_node(node), "pods": []} for node in report.nodes]
    return document


def news_document(report: Report[NodeDrift], history: DriftHistory) -> dict[str, object]:
    """What a person is to hear of: nodes with a finding, or that changed since the check before, without the evidence."""
    document = kept_document(report, history)
    document["nodes"] = [
        {**_of_node(node), "pods": [], "containers": []}
        for node in report.nodes
        if node.value.findings
        or node.problems
        or history.changed(node.node, node.value.course, bool(node.problems))
    ]
    return document


def _of_node(node: Checked) -> dict[str, object]:
    value, course = node.value, node.value.course
    return {
        "node": node.node,
        "findings": [_finding(entry, course) for entry in value.findings],
        "excused": [
            {**_finding(entry.finding, course), "excuse": entry.excuse, "why": message(entry.why)}
            for entry in value.excused
        ],
        "mended": _seen(course.mended),
        "unconfirmed": _seen(course.unconfirmed),
        "notChecked": str(value.blind) if node.problems else "",
        "unchecked": [problem_document(problem) for problem in node.problems],
        "pods": [health_document(health) for health in value.healths],
        "containers": [
            {"uid": uid, "name": name, "restarts": count} for (uid, name), count in course.restarts.items()
        ],
        "seconds": round(node.seconds, 2),
    }


def _finding(finding: Finding, course: Course) -> dict[str, object]:
    words, command = remedy_of(finding)
    return {
        "drift": finding.drift.value,
        "severity": severity(finding.drift),
        "subject": finding.subject,
        "detail": finding.detail,
        "meaning": words,
        "remedy": command,
        "firstSeen": iso(course.since.get(key_of(finding), 0)),
        "reported": key_of(finding) in course.reported,
    }


def _seen(entries: Iterable[Seen]) -> list[dict[str, object]]:
    return [
        {
            "drift": one.drift,
            "subject": one.subject,
            "detail": one.detail,
            "firstSeen": iso(one.since),
            "reported": one.reported,
        }
        for one in entries
    ]
