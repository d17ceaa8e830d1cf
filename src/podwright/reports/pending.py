"""What nodes take back unless it is confirmed: as rows of a table, as names, as a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from podwright.plan.pending import SwitchState
from podwright.reports.documents import nodes_document
from podwright.reports.names import name_of

if TYPE_CHECKING:
    from podwright.operations.pending_runs import NodePending
    from podwright.operations.report import Report
    from podwright.plan.pending import Pending


def pending_rows(report: Report[NodePending]) -> list[tuple[str, ...]]:
    """A row a file; one of a node that has none."""
    rows: list[tuple[str, ...]] = [("NODE", "RUN", "FILE", "STATE", "LEFT", "BY")]
    for result in report.nodes:
        if not result.value.pending:
            rows.append((result.node, "not observed" if result.problems else "none", "-", "-", "-", "-"))
        for one in result.value.pending:
            left = f"{one.left:.0f} s" if one.state is SwitchState.ARMED else "-"
            rows.append((result.node, one.run, one.file_name, str(one.state), left, one.who or "-"))
    return rows


def pending_names(report: Report[NodePending]) -> Iterator[str]:
    return (name_of(result.node, one.file_name) for result in report.nodes for one in result.value.pending)


def pending_document(report: Report[NodePending]) -> Mapping[str, object]:
    return nodes_document(
        report,
        lambda result: {
            "status": str(result.status),
            "pending": [_document(one) for one in result.value.pending],
        },
    )


def _document(one: Pending) -> Mapping[str, object]:
    return {
        "run": one.run,
        "file": one.file_name,
        "state": str(one.state),
        "secondsLeft": round(one.left) if one.state is SwitchState.ARMED else None,
        "by": one.who or None,
        "at": one.at or None,
    }
