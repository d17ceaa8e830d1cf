"""A history as a table, as names and as a document: never with the contents."""

from __future__ import annotations

from podwright.operations.history import NodeHistory, ShownRevision
from podwright.operations.report import NodeResult, Report, Status
from podwright.plan.history import Fate, Revision
from podwright.reports.history import history_document, history_names, history_rows

OLD = Revision(
    "web.yaml", 1, b"hunter2", "sha256:a", ("a/b:1",), "ada@desk", "then", "r1", why="hunter2", fate=Fate.GOOD
)
NEW = Revision("web.yaml", 3, b"hunter2", "sha256:b")
REPORT = Report(
    "ManifestHistory",
    (
        NodeResult(
            "n1",
            Status.OBSERVED,
            NodeHistory(
                (ShownRevision(NEW, current=True), ShownRevision(OLD, False, "not on the node: a/b:1"))
            ),
        ),
        NodeResult("n2", Status.OBSERVED, NodeHistory()),
    ),
)


def redact(text: str) -> str:
    return text.replace("hunter2", "[redacted]")


def test_each_revision_has_a_row_and_a_node_without_any_has_one_too() -> None:
    _, new, old, none = history_rows(REPORT, redact)
    assert (new[2], new[3], new[-1]) == ("3", "written, current", "current")
    assert (old[2], old[3], old[7], old[-1]) == ("1", "good", "[redacted]", "not on the node: a/b:1")
    assert none[:2] == ("n2", "none")


def test_names_and_documents_hold_no_contents() -> None:
    assert [*history_names(REPORT)] == ["n1/web.yaml/3", "n1/web.yaml/1"]
    document = history_document(REPORT, redact)
    assert "hunter2" not in str(document)
    assert document["nodes"][0]["revisions"][1]["bytes"] == 7
