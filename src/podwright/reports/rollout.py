"""How far a run came on each node, as rows and as a document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from podwright.operations.report import Report
from podwright.reports.documents import nodes_document
from podwright.text import counted

if TYPE_CHECKING:
    from podwright.operations.run_progress import RunOnNode
    from podwright.plan.run_progress import Progress

Redact = Callable[[str], str]


def rollout_rows(report: Report[RunOnNode], redact: Redact) -> list[tuple[str, ...]]:
    """A row a file; a node without any, or that could not be observed, has a row too."""
    rows: list[tuple[str, ...]] = [("NODE", "PROGRESS", "FILE", "WHY")]
    for result in report.nodes:
        found = result.value
        state = str(found.progress or "unknown")
        state += " (aborted)" if found.aborted else ""
        rows += (
            (result.node, str(file.progress), file.name, redact(file.why) or "-") for file in found.files
        )
        if not found.files:
            rows.append((result.node, state, "-", "-"))
    return rows


def rollout_summary(report: Report[RunOnNode]) -> str:
    """`2 nodes done, 1 node not reached; aborted`."""
    kinds = [result.value.progress for result in report.nodes]
    counts = [f"{counted(kinds.count(kind), 'node')} {kind or 'unknown'}" for kind in dict.fromkeys(kinds)]
    aborted = any(result.value.aborted for result in report.nodes)
    return ", ".join(counts) + ("; the run is aborted" if aborted else "")


def rollout_names(report: Report[RunOnNode]) -> Iterator[str]:
    return (result.node for result in report.nodes)


def rollout_document(report: Report[RunOnNode], run: str, redact: Redact) -> Mapping[str, object]:
    return nodes_document(
        report,
        lambda result: {
            "progress": _word(result.value.progress),
            "aborted": result.value.aborted,
            "files": [
                {"file": one.name, "progress": _word(one.progress), "why": redact(one.why)}
                for one in result.value.files
            ],
        },
        {"run": run},
    )


def _word(progress: Progress | None) -> str:
    return progress.name.lower().replace("_", "-") if progress else "unknown"
