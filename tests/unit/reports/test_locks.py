"""Locks as a table and as names."""

from __future__ import annotations

from podwright.operations.locks import NodeLock
from podwright.operations.report import NodeResult, Report, Status
from podwright.plan.observed import ObservedLock
from podwright.reports.locks import lock_names, lock_rows

LOCK = ObservedLock("x1", "ada@desk", age=12.0, left=48.0)


def test_each_node_has_a_row_whether_it_has_a_lock_or_not() -> None:
    expired = ObservedLock("x2", "eve@desk", age=90.0, left=-30.0)
    of_earlier_boot = ObservedLock("x3", "eve@desk", age=-90.0, left=-30.0)
    report = Report(
        "NodeLocks",
        (
            NodeResult("n1", Status.OBSERVED, NodeLock(LOCK)),
            NodeResult("n2", Status.OBSERVED, NodeLock()),
            NodeResult("n3", Status.CHANGED, NodeLock(LOCK)),
            NodeResult("n4", Status.OBSERVED, NodeLock(expired)),
            NodeResult("n5", Status.OBSERVED, NodeLock(of_earlier_boot)),
        ),
    )
    assert lock_rows(report)[1:] == [
        ("n1", "x1", "ada@desk", "12 s", "48 s"),
        ("n2", "none", "-", "-", "-"),
        ("n3", "x1", "ada@desk", "12 s", "broken"),
        ("n4", "x2", "eve@desk", "90 s", "expired"),
        ("n5", "x3", "eve@desk", "0 s", "expired"),
    ]
    assert [*lock_names(report)] == ["n1/x1", "n3/x1", "n4/x2", "n5/x3"]
