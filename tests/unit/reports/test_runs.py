"""Runs of the journal as tables and documents."""

from __future__ import annotations

from podwright.reports.runs import run_document, run_rows, runs_document, runs_rows
from podwright.state.journal import Ended, NodeEntry, RecordedRun, Started

STARTED = Started(
    "20261130-101500-aaaaaa",
    "manifest push",
    "ann@desk (pid 7)",
    "2026-11-30T10:15:00Z",
    ("n1", "n2", "n3", "n4"),
)
RUN = RecordedRun(
    STARTED,
    (
        NodeEntry("n2", "failed", True, ("written web.yaml",), ("not proven",), 9.04),
        NodeEntry("n1", "changed", False, ("written web.yaml", "second web.yaml"), (), 1.5),
        NodeEntry("n3", "unreachable", True),
    ),
)


def test_a_run_that_was_killed_has_no_result() -> None:
    header, row = runs_rows([RUN])
    assert row == (
        "20261130-101500-aaaaaa",
        "manifest push",
        "ann@desk",
        "4",
        "2",
        "1",
        "1",
        "1",
        "not ended",
    )
    assert header[-1] == "RESULT"


def test_a_run_that_ended_shows_its_exit_code() -> None:
    assert runs_rows([RecordedRun(STARTED, (), Ended(1, "t"))])[1][-1] == "exit 1"
    assert runs_rows([RecordedRun(STARTED, (), Ended(0, "t"))])[1][-1] == "done"


def test_nodes_that_failed_come_after_the_others_and_those_never_reached_last() -> None:
    assert run_rows(RecordedRun(STARTED, RUN.nodes, Ended(1, "t")))[1:] == [
        ("n1", "changed", "written web.yaml, second web.yaml", "1.5", "-"),
        ("n2", "failed", "written web.yaml", "9.0", "not proven"),
        ("n3", "unreachable", "-", "0.0", "-"),
        ("n4", "not reached", "-", "-", "-"),
    ]


def test_of_a_run_without_an_end_it_is_not_said_that_a_node_was_not_reached() -> None:
    asks = "the run did not end: see `podwright rollout status 20261130-101500-aaaaaa`"
    assert run_rows(RUN)[-1] == ("n4", "unknown", "unknown", "-", asks)


def test_a_document_names_the_nodes_of_each_limit() -> None:
    document = run_document(RUN)
    assert (document["kind"], document["ended"], document["exitCode"]) == ("Run", None, None)
    assert (document["failed"], document["unreached"], document["changed"]) == (
        ["n2"],
        ["n3"],
        ["n2", "n1"],
    )
    assert document["unknown"] == ["n4"]
    listed = runs_document([RUN])
    assert listed["kind"] == "RunList"
    assert listed["runs"] == [
        {name: value for name, value in document.items() if name not in ("apiVersion", "kind")}
    ]
