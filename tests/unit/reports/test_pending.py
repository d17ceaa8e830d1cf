"""What waits on nodes as a table, as names and as a document."""

from __future__ import annotations

from podwright.operations.pending_runs import NodePending
from podwright.operations.report import NodeResult, Report, Status
from podwright.plan.pending import Pending, SwitchState
from podwright.problem import Problem
from podwright.reports.pending import pending_document, pending_names, pending_rows

ARMED = Pending("r1", "web.yaml", SwitchState.ARMED, who="ada@desk (manifest push)", left=41.6)
FIRED = Pending("r0", "etcd.yaml", SwitchState.FIRED, at=1_800_000_000)
REPORT = Report(
    "NodePending",
    (
        NodeResult("n1", Status.OBSERVED, NodePending((ARMED, FIRED))),
        NodeResult("n2", Status.OBSERVED, NodePending()),
        NodeResult("n3", Status.UNREACHABLE, NodePending(), problems=(Problem("no route"),)),
    ),
)


def test_each_file_has_a_row_and_so_has_a_node_without_any() -> None:
    assert pending_rows(REPORT) == [
        ("NODE", "RUN", "FILE", "STATE", "LEFT", "BY"),
        ("n1", "r1", "web.yaml", "armed", "42 s", "ada@desk (manifest push)"),
        ("n1", "r0", "etcd.yaml", "fired", "-", "-"),
        ("n2", "none", "-", "-", "-", "-"),
        ("n3", "not observed", "-", "-", "-", "-"),
    ]
    assert [*pending_names(REPORT)] == ["n1/web.yaml", "n1/etcd.yaml"]


def test_the_document_has_what_the_table_has() -> None:
    [first, _, last] = pending_document(REPORT)["nodes"]
    assert first["pending"] == [
        {
            "run": "r1",
            "file": "web.yaml",
            "state": "armed",
            "secondsLeft": 42,
            "by": "ada@desk (manifest push)",
            "at": None,
        },
        {
            "run": "r0",
            "file": "etcd.yaml",
            "state": "fired",
            "secondsLeft": None,
            "by": None,
            "at": 1_800_000_000,
        },
    ]
    assert last["problems"][0]["message"] == "no route"
