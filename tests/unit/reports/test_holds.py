"""Holds as a table, as names and as a document."""

from __future__ import annotations

from podwright.operations.holds import NodeHolds
from podwright.operations.report import NodeResult, Report, Status
from podwright.plan.holds import Hold
from podwright.reports.holds import hold_names, hold_rows, holds_document

HOLD = Hold("", "kim@ops1", "disk replacement", 1_800_000_000, 1_800_003_600)
WEB = Hold("web", "kim@ops1", "a test", 1_800_000_000, 1_800_003_600)


def test_each_hold_has_a_row_and_each_node_without_one() -> None:
    report = Report(
        "NodeHolds",
        (
            NodeResult("n1", Status.OBSERVED, NodeHolds((HOLD, WEB))),
            NodeResult("n2", Status.CHANGED, NodeHolds((HOLD,), released=True)),
            NodeResult("n3", Status.OBSERVED, NodeHolds()),
        ),
    )
    since, until = "2027-01-15 08:00 UTC", "2027-01-15 09:00 UTC"
    assert hold_rows(report)[1:] == [
        ("n1", "the node", "kim@ops1", since, until, "disk replacement"),
        ("n1", "web", "kim@ops1", since, until, "a test"),
        ("n2", "the node", "kim@ops1", since, "released", "disk replacement"),
        ("n3", "none", "-", "-", "-", "-"),
    ]
    assert [*hold_names(report)] == ["n1", "n1/web", "n2"]
    [first, *_] = holds_document(report)["nodes"]
    assert first["holds"][1] == {
        "workload": "web",
        "who": "kim@ops1",
        "reason": "a test",
        "since": "2027-01-15T08:00:00Z",
        "until": "2027-01-15T09:00:00Z",
    }
