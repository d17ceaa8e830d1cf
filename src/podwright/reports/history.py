"""A node's history as rows of a table, as names, as a document; contents are never printed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from podwright.operations.report import Report
from podwright.reports.documents import nodes_document
from podwright.reports.names import name_of

Redact = Callable[[str], str]

if TYPE_CHECKING:
    from podwright.operations.history import NodeHistory, ShownRevision


def history_rows(report: Report[NodeHistory], redact: Redact) -> list[tuple[str, ...]]:
    """A row a revision; a node without any has a row too. `redact` hides secrets in a person's own words."""
    header = ("NODE", "FILE", "REVISION", "OUTCOME", "WHEN", "WHO", "RUN", "WHY", "IMAGES", "ROLL BACK?")
    rows: list[tuple[str, ...]] = [header]
    for result in report.nodes:
        rows += (_row(result.node, shown, redact) for shown in result.value.revisions)
        if not result.value.revisions:
            state = "not observed" if result.problems else "none"
            rows.append((result.node, state, *["-"] * (len(header) - 2)))
    return rows


def _row(node: str, shown: ShownRevision, redact: Redact) -> tuple[str, ...]:
    one = shown.revision
    outcome = f"{one.fate}, current" if shown.current else str(one.fate)
    cells = (str(one.number), outcome, one.when, one.who, one.run, redact(one.why), ", ".join(one.images))
    return (node, one.name, *(cell or "-" for cell in cells), _possible(shown))


def _possible(shown: ShownRevision) -> str:
    return "current" if shown.current else shown.obstacle or "yes"


def history_names(report: Report[NodeHistory]) -> Iterator[str]:
    return (
        name_of(result.node, f"{shown.revision.name}/{shown.revision.number}")
        for result in report.nodes
        for shown in result.value.revisions
    )


def history_document(report: Report[NodeHistory], redact: Redact) -> Mapping[str, object]:
    return nodes_document(
        report,
        lambda result: {
            "revisions": [_document(shown, redact) for shown in result.value.revisions],
        },
    )


def _document(shown: ShownRevision, redact: Redact) -> Mapping[str, object]:
    one = shown.revision
    return {
        "file": one.name,
        "revision": one.number,
        "current": shown.current,
        "outcome": str(one.fate),
        "proof": redact(one.proof),
        "provenAt": one.proven_at or None,
        "digest": one.digest,
        "bytes": len(one.content),
        "images": list(one.images),
        "who": one.who,
        "when": one.when,
        "run": one.run,
        "command": one.command,
        "why": redact(one.why),
        "obstacle": shown.obstacle or None,
    }
