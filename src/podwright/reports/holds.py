"""Who holds nodes: as rows of a table, as names, as a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from podwright.operations.report import Report
from podwright.reports.documents import nodes_document
from podwright.reports.names import name_of
from podwright.reports.timestamps import iso, minute

if TYPE_CHECKING:
    from podwright.operations.holds import NodeHolds
    from podwright.plan.holds import Hold


def hold_rows(report: Report[NodeHolds]) -> list[tuple[str, ...]]:
    """A row a hold, and one of each node without any."""
    rows: list[tuple[str, ...]] = [("NODE", "HELD", "BY", "SINCE", "UNTIL", "REASON")]
    for result in report.nodes:
        for hold in result.value.holds:
            until = "released" if result.value.released else minute(hold.until)
            of = hold.workload or "the node"
            rows.append((result.node, of, hold.who, minute(hold.since), until, hold.reason))
        if not result.value.holds:
            rows.append((result.node, "not observed" if result.problems else "none", "-", "-", "-", "-"))
    return rows


def hold_names(report: Report[NodeHolds]) -> Iterator[str]:
    for result in report.nodes:
        for hold in result.value.holds:
            yield name_of(result.node, hold.workload) if hold.workload else result.node


def holds_document(report: Report[NodeHolds]) -> Mapping[str, object]:
    return nodes_document(
        report,
        lambda result: {
            "status": str(result.status),
            "holds": [_document(one) for one in result.value.holds],
        },
    )


def _document(hold: Hold) -> Mapping[str, object]:
    return {
        "workload": hold.workload,
        "who": hold.who,
        "reason": hold.reason,
        "since": iso(hold.since),
        "until": iso(hold.until),
    }
