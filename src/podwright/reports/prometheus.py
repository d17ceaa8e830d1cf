"""A drift check as metrics for node_exporter's textfile collector: every series each time, zero rows too, no timestamps."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from podwright.plan.reasons import Drift
from podwright.text import printable

if TYPE_CHECKING:
    from podwright.operations.drift import NodeDrift
    from podwright.operations.report import Report

_LAST_SUCCESS = re.compile(r"^podwright_drift_last_success_timestamp_seconds ([0-9.e+]+)$", re.MULTILINE)


def drift_metrics(report: Report[NodeDrift], *, ended: float, seconds: float, before: str) -> str:
    """The whole file; times are Unix seconds. `before` is the file's text until now: the last success stays known.

    A check is a success if every node could be checked, whatever it found.
    """
    unchecked = sum(bool(node.problems) for node in report.nodes)
    kinds = Counter(finding.drift for node in report.nodes for finding in node.value.findings)
    earlier = _LAST_SUCCESS.search(before)
    success = ended if not unchecked else float(earlier[1]) if earlier else 0.0
    return "".join(
        (
            _family(
                "podwright_drift_findings",
                "What differs from the inventory, by kind.",
                [(f'{{kind="{kind.value}"}}', kinds[kind]) for kind in Drift],
            ),
            _family(
                "podwright_drift_node_findings",
                "What differs from the inventory, by node.",
                [(f'{{node="{_label(node.node)}"}}', len(node.value.findings)) for node in report.nodes],
            ),
            _family(
                "podwright_drift_node_checked",
                "Whether all of a node could be checked.",
                [(f'{{node="{_label(node.node)}"}}', int(not node.problems)) for node in report.nodes],
            ),
            _family("podwright_drift_nodes", "How many nodes were chosen.", [("", len(report.nodes))]),
            _family(
                "podwright_drift_nodes_unchecked", "How many could not be checked whole.", [("", unchecked)]
            ),
            _family(
                "podwright_drift_duration_seconds", "How long the check took.", [("", round(seconds, 3))]
            ),
            _family(
                "podwright_drift_last_run_timestamp_seconds",
                "When the last check ended, in Unix time.",
                [("", ended)],
            ),
            _family(
                "podwright_drift_last_success_timestamp_seconds",
                "When the last check ended that could check every node, in Unix time; 0: never.",
                [("", success)],
            ),
        )
    )


def _family(name: str, help_text: str, rows: list[tuple[str, float]]) -> str:
    lines = [
        f"# HELP {name} {help_text}",
        f"# TYPE {name} gauge",
        *(f"{name}{row} {value}" for row, value in rows),
    ]
    return "".join(f"{line}\n" for line in lines)


def _label(text: str) -> str:
    return printable(text).replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
