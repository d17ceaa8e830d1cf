"""How far a run came, as rows and as a document; the words of a person are redacted."""

from __future__ import annotations

from podwright.operations.report import NodeResult, Report, Status
from podwright.operations.run_progress import FileProgress, RunOnNode
from podwright.plan.run_progress import Progress
from podwright.problem import Problem
from podwright.reports.rollout import rollout_document, rollout_names, rollout_rows, rollout_summary

FAILED = RunOnNode(Progress.FAILED, (FileProgress("web.yaml", Progress.FAILED, "hunter2"),), aborted=True)
REPORT = Report(
    "RolloutStatus",
    (
        NodeResult("n1", Status.OBSERVED, FAILED),
        NodeResult("n2", Status.OBSERVED, RunOnNode(Progress.NOT_REACHED)),
        NodeResult("n3", Status.UNREACHABLE, RunOnNode(), (Problem("cannot connect", node="n3"),)),
    ),
)


def redact(text: str) -> str:
    return text.replace("hunter2", "[redacted]")


def test_a_file_has_a_row_and_so_has_a_node_without_one() -> None:
    assert rollout_rows(REPORT, redact)[1:] == [
        ("n1", "failed", "web.yaml", "[redacted]"),
        ("n2", "not reached", "-", "-"),
        ("n3", "unknown", "-", "-"),
    ]
    assert list(rollout_names(REPORT)) == ["n1", "n2", "n3"]


def test_the_summary_counts_nodes() -> None:
    words = "1 node failed, 1 node not reached, 1 node unknown; the run is aborted"
    assert rollout_summary(REPORT) == words


def test_a_document_has_a_word_for_each_progress() -> None:
    document = rollout_document(REPORT, "r1", redact)
    assert (document["kind"], document["run"]) == ("RolloutStatus", "r1")
    assert [node["progress"] for node in document["nodes"]] == ["failed", "not-reached", "unknown"]
    assert document["nodes"][0]["files"] == [{"file": "web.yaml", "progress": "failed", "why": "[redacted]"}]
    assert (document["nodes"][0]["aborted"], document["nodes"][2]["problems"][0]["message"]) == (
        True,
        "cannot connect",
    )
