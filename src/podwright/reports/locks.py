"""The locks of nodes: as rows of a table, as names, as a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from podwright.operations.report import Report, Status
from podwright.plan.lock_times import KUBEADM
from podwright.reports.documents import nodes_document
from podwright.reports.names import name_of

if TYPE_CHECKING:
    from podwright.operations.locks import NodeLock
    from podwright.plan.observed import ObservedLock


def lock_rows(report: Report[NodeLock]) -> list[tuple[str, ...]]:
    """A row a node, whether it has a lock or not."""
    rows: list[tuple[str, ...]] = [("NODE", "LOCK", "HELD BY", "FOR", "EXPIRES IN")]
    for result in report.nodes:
        lock = result.value.lock
        if lock is None:
            rows.append((result.node, "not observed" if result.problems else "none", "-", "-", "-"))
        else:
            left = "broken" if result.status is Status.CHANGED else _left(lock)
            rows.append((result.node, lock.id or "unreadable", lock.owner, f"{_age(lock)} s", left))
    return rows


def _age(lock: ObservedLock) -> int:
    """0 for a lock of an earlier boot: how old it is cannot be known."""
    return max(0, round(lock.age))


def _left(lock: ObservedLock) -> str:
    if lock.id == KUBEADM:
        return "with its process"
    return f"{lock.left:.0f} s" if lock.left > 0 else "expired"


def lock_names(report: Report[NodeLock]) -> Iterator[str]:
    return (name_of(result.node, result.value.lock.id) for result in report.nodes if result.value.lock)


def locks_document(report: Report[NodeLock]) -> Mapping[str, object]:
    return nodes_document(
        report,
        lambda result: {
            "status": str(result.status),
            "lock": _document(result.value.lock) if result.value.lock else None,
        },
    )


def _document(lock: ObservedLock) -> Mapping[str, object]:
    return {
        "id": lock.id,
        "owner": lock.owner,
        "heldSeconds": _age(lock),
        "expiresInSeconds": round(lock.left),
    }
