"""Short ways to make the results of commands, for tests of how they are shown."""

from __future__ import annotations

from podwright.operations.drift import NodeDrift
from podwright.operations.report import Convergence, NodeResult, Report, Status
from podwright.operations.status import NodeStatus

_OF_A_RESULT = ("problems", "warnings", "seconds", "trace")


def outcome(node: str, status: Status, plan=None, **fields) -> NodeResult[Convergence]:
    common = {name: fields.pop(name) for name in _OF_A_RESULT if name in fields}
    return NodeResult(node, status, Convergence(plan, **fields), **common)


def checked(node: str, findings=(), problems=()) -> NodeResult[NodeDrift]:
    return NodeResult(node, Status.OBSERVED, NodeDrift(findings), problems)


def shown(node: str, *fields, problems=(), **value) -> NodeResult[NodeStatus]:
    return NodeResult(node, Status.OBSERVED, NodeStatus(*fields, **value), problems)


def drift_report(*results) -> Report[NodeDrift]:
    return Report("DriftReport", results)


def status_report(*results) -> Report[NodeStatus]:
    return Report("ManifestStatus", results)
