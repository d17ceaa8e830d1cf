"""What runs as rows of a table: one a file, and one of each node without any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from podwright.reports.run_rows import Row
from podwright.reports.timestamps import age

if TYPE_CHECKING:
    from podwright.operations.report import Report
    from podwright.operations.status import NodeStatus, PodStatus

STATUS_COLUMNS = (
    "NODE",
    "FILE",
    "POD",
    "WRITTEN BY",
    "GENERATION",
    "IMAGE",
    "SANDBOX",
    "RESTARTS",
    "AGE",
    "MIRROR",
)


def status_rows(report: Report[NodeStatus]) -> list[Row]:
    """A row a file; a node without any, or that could not be observed, has a row too."""
    rows: list[Row] = [STATUS_COLUMNS]
    for node in sorted(report.nodes, key=lambda node: bool(node.problems)):
        rows += ((node.node, *pod_row(pod)) for pod in node.value.pods)
        if not node.value.pods:
            found = "not observed" if node.problems else "none"
            rows.append((node.node, found, *("-" for _ in STATUS_COLUMNS[2:])))
    return rows


def pod_row(pod: PodStatus) -> Row:
    return (
        _file(pod),
        pod.pod,
        _written_by(pod),
        _generation(pod),
        ", ".join(pod.images) or "-",
        pod.sandbox,
        _restarts(pod),
        age(pod.age),
        _mirror(pod),
    )


def _file(pod: PodStatus) -> str:
    """As `ls -l` shows a link."""
    return f"{pod.file} -> {pod.link}" if pod.link else pod.file


def _written_by(pod: PodStatus) -> str:
    return f"{pod.owner}, orphaned" if pod.orphaned else pod.owner


def _generation(pod: PodStatus) -> str:
    """`3 (2d)`: the third, written two days ago; of a file of others, when it was written."""
    written = "" if pod.since is None else f"({age(pod.since)})"
    return " ".join(filter(None, (str(pod.generation or ""), written))) or "-"


def _restarts(pod: PodStatus) -> str:
    """`3 (12s ago)`, as kubectl prints it."""
    if not pod.restarts:
        return "-" if pod.restarts is None else "0"
    return str(pod.restarts) if pod.restarted is None else f"{pod.restarts} ({age(pod.restarted)} ago)"


def _mirror(pod: PodStatus) -> str:
    return f"{pod.mirror}: {pod.reason}" if pod.reason else pod.mirror


def with_problems(report: Report[NodeStatus], *, without_api: bool) -> Report[NodeStatus]:
    """Only what is not well, or not known to be, and the nodes that have some of it."""
    kept = []
    for node in report.nodes:
        pods = tuple(pod for pod in node.value.pods if not pod.well(without_api=without_api))
        if pods or node.problems or node.warnings:
            kept.append(replace(node, value=replace(node.value, pods=pods)))
    return replace(report, nodes=tuple(kept))
