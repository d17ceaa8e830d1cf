"""Results for `-o name`: one `NODE/NAME` a line, nothing that could be taken for two lines or steer a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from podwright.operations.report import Outcome, Report, Status
from podwright.text import printable

if TYPE_CHECKING:
    from podwright.operations.drift import NodeDrift
    from podwright.operations.status import NodeStatus


def changed_names(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """Every file that was, or in a dry run would be, changed."""
    for outcome in outcomes:
        if outcome.status is Status.PENDING and outcome.value.plan:
            files = [change.name for change in outcome.value.plan.pending]
        else:
            files = [entry.file_name for entry in outcome.value.applied]
        yield from (name_of(outcome.node, file) for file in dict.fromkeys(files))


def status_names(report: Report[NodeStatus]) -> Iterator[str]:
    """Every file that the kubelets read."""
    return (name_of(node.node, pod.file) for node in report.nodes for pod in node.value.pods)


def drift_names(report: Report[NodeDrift]) -> Iterator[str]:
    """Every file and pod that is not as it should be."""
    from podwright.operations.drift import findings_of  # only a drift check pays for it

    subjects = dict.fromkeys((finding.node, finding.subject) for finding in findings_of(report))
    return (name_of(node, subject) for node, subject in subjects)


def name_of(node: str, subject: str) -> str:
    """As one line, whatever a node gave as its part of it."""
    return printable(f"{node}/{subject}").replace("\n", "\\n").replace("\t", "\\t")
