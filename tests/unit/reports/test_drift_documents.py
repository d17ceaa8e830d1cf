"""A drift check as a document: what was found, since when, and what the next check needs."""

from __future__ import annotations

from tests.fakes import results
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, running

from podwright.operations.drift import NodeDrift
from podwright.plan.drift import Finding
from podwright.plan.drift_history import Before, Course, DriftHistory, Scope, Seen
from podwright.plan.reasons import Difference, Drift, because
from podwright.problem import Problem
from podwright.reports.drift_documents import drift_document, kept_document

EDITED = Finding("n1", Drift.FILE_CHANGED, "web.yaml", because(Difference.EDITED))


def test_a_drift_report_has_findings_and_what_was_not_checked():
    node = results.checked("n1", (EDITED,), (Problem("is wrong", "mend it", node="n1"),))
    document = drift_document(results.drift_report(node))
    assert document["kind"] == "DriftReport"
    assert document["nodes"][0]["findings"] == [
        {
            "drift": "file-changed",
            "severity": "warning",
            "subject": "web.yaml",
            "detail": "the file was changed by hand",
            "meaning": "a push brings back what the inventory wants",
            "remedy": "podwright manifest push --diff --only=web --limit n1",
            "firstSeen": "1970-01-01T00:00:00Z",
            "reported": False,
        }
    ]
    assert document["nodes"][0]["unchecked"][0]["message"] == "is wrong"


def test_it_says_what_it_was_compared_with_and_how_each_finding_went_on():
    course = Course(
        {("file-changed", "web.yaml"): 60},
        (),
        (),
        (Seen("file-missing", "a.yaml", "it should be there", 0),),
        (),
        {("u1", "main"): 3},
    )
    node = replace(
        results.checked("n1"), value=NodeDrift((EDITED,), pods=(running(manifest()),), course=course)
    )
    history = DriftHistory(120, Scope(("web",)), Before(60, Scope(("web",)), {}))
    document = drift_document(results.drift_report(node), history)
    assert (document["checkedAt"], document["comparedWith"]) == (
        "1970-01-01T00:02:00Z",
        "1970-01-01T00:01:00Z",
    )
    assert document["scope"] == {"only": ["web"], "ignored": [], "waitFor": "", "api": True}
    [shown] = document["nodes"]
    assert shown["findings"][0]["firstSeen"] == "1970-01-01T00:01:00Z"
    assert shown["mended"] == [
        {
            "drift": "file-missing",
            "subject": "a.yaml",
            "detail": "it should be there",
            "firstSeen": "1970-01-01T00:00:00Z",
            "reported": True,
        }
    ]
    assert shown["containers"] == [{"uid": "u1", "name": "main", "restarts": 3}]
    assert kept_document(results.drift_report(node), history)["nodes"][0] == {**shown, "pods": []}
