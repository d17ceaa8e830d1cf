"""Metrics of a drift check: every series each time, no timestamps on rows, names that promtool accepts."""

from __future__ import annotations

import shutil
import subprocess

from tests.fakes import results

from podwright.operations.report import Report
from podwright.plan.drift import Finding
from podwright.plan.reasons import Difference, Drift, because
from podwright.problem import Problem
from podwright.reports.prometheus import drift_metrics

CLEAN = results.checked("n1")
DRIFTED = results.checked("n2", (Finding("n2", Drift.FILE_MISSING, "web.yaml", because(Difference.CONTENT)),))
UNCHECKED = results.checked('n"3\n', problems=(Problem("unreachable", node="n3"),))


def metrics(*nodes, before: str = "") -> str:
    return drift_metrics(Report("DriftReport", nodes), ended=1000.5, seconds=2.25, before=before)


def value(text: str, series: str) -> float:
    [row] = [line for line in text.splitlines() if line.rpartition(" ")[0] == series]
    return float(row.rpartition(" ")[2])


def test_every_kind_has_a_row_zero_too() -> None:
    text = metrics(CLEAN, DRIFTED)
    for kind in Drift:
        assert value(text, f'podwright_drift_findings{{kind="{kind.value}"}}') == (kind is Drift.FILE_MISSING)
    assert value(text, 'podwright_drift_node_findings{node="n2"}') == 1
    assert value(text, 'podwright_drift_node_checked{node="n2"}') == 1
    assert (value(text, "podwright_drift_nodes"), value(text, "podwright_drift_nodes_unchecked")) == (2, 0)
    assert value(text, "podwright_drift_last_success_timestamp_seconds") == 1000.5


def test_the_last_success_is_kept_while_nodes_cannot_be_checked() -> None:
    text = metrics(CLEAN, UNCHECKED, before=metrics(CLEAN).replace("1000.5", "900.5"))
    assert value(text, "podwright_drift_last_success_timestamp_seconds") == 900.5
    assert value(text, "podwright_drift_last_run_timestamp_seconds") == 1000.5
    assert value(metrics(UNCHECKED), "podwright_drift_last_success_timestamp_seconds") == 0
    assert value(metrics(UNCHECKED, before="nonsense"), "podwright_drift_last_success_timestamp_seconds") == 0


def test_promtool_takes_it() -> None:
    promtool = shutil.which("promtool")
    assert promtool, "install Debian's package prometheus"
    text = metrics(CLEAN, DRIFTED, UNCHECKED)
    answer = subprocess.run(
        [promtool, "check", "metrics"], input=text, capture_output=True, text=True, check=False
    )
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
