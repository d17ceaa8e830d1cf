"""Facts of many machines: a row a node, of what tells them apart at a glance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from podwright.plan.facts import Facts
from podwright.plan.unknown_fact import Known, Unknown

if TYPE_CHECKING:
    from podwright.operations.node_facts import NodeFacts
    from podwright.operations.report import Report

_HEADING = ("NODE", "OS", "KERNEL", "ARCH", "CPUS", "MEMORY", "RUNTIME", "KUBELET", "DISTRIBUTION")
_GIB = 1 << 30


def summary_rows(report: Report[NodeFacts]) -> list[tuple[str, ...]]:
    """Of the nodes that were reached; what is unknown is `?`, and the node's own table tells why."""
    rows = [(result.node, *_row(result.value.facts)) for result in report.nodes if result.value.facts]
    return [_HEADING, *rows] if rows else []


def _row(facts: Facts) -> Iterator[str]:
    yield "?" if isinstance(facts.os, Unknown) else facts.os.name or facts.os.id
    yield _shown(facts.kernel.release)
    yield _shown(facts.kernel.architecture)
    yield _shown(facts.cpus)
    yield "?" if isinstance(facts.memory_bytes, Unknown) else f"{facts.memory_bytes / _GIB:.1f} GiB"
    runtime = facts.runtime
    yield "?" if isinstance(runtime.name, Unknown) else f"{runtime.name} {_shown(runtime.version)}"
    yield _shown(facts.kubelet.version) if facts.kubelet.running else "none"
    yield _shown(facts.distribution)


def _shown(fact: Known[object]) -> str:
    return "?" if isinstance(fact, Unknown) else str(fact)
