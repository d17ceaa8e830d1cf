"""What `drift check` gives to other programs: metrics, Nagios, JUnit and SARIF."""

from __future__ import annotations

import time
from importlib.metadata import version
from pathlib import Path

import click

from podwright.cli.console import show_document, show_lines
from podwright.cli.redacted_output import hidden
from podwright.cli.report_files import told, write_whole
from podwright.errors import PodwrightError
from podwright.operations.drift import NodeDrift
from podwright.operations.report import Report
from podwright.reports.junit import drift_junit
from podwright.reports.nagios import NagiosCode, nagios_code, nagios_failure, nagios_lines
from podwright.reports.prometheus import drift_metrics
from podwright.reports.sarif import drift_sarif

MAX_METRICS_BYTES = 16 << 20


def show_for_ci(report: Report[NodeDrift], output: str, inventory: str) -> None:
    """As `junit` or `sarif`."""
    if output == "junit":
        click.echo(hidden(drift_junit(report)), nl=False)
    else:
        show_document(drift_sarif(report, version("podwright"), inventory), "json")


def show_nagios(report: Report[NodeDrift], seconds: float, *, whole: bool) -> int:
    """Print the answer and return its code; a check that is not `whole` was interrupted."""
    show_lines(hidden(line) for line in nagios_lines(report, seconds))
    return nagios_code(report) if whole else NagiosCode.UNKNOWN


def show_nagios_failure(error: PodwrightError) -> int:
    """Nothing was checked, and why."""
    show_lines(hidden(line) for line in nagios_failure(error.problems))
    return NagiosCode.UNKNOWN


def write_metrics(path: Path, report: Report[NodeDrift], seconds: float) -> None:
    """Readable by all. Raises UsageError."""
    with told(path, "the metrics"):
        text = drift_metrics(report, ended=round(time.time(), 3), seconds=seconds, before=_written(path))
        write_whole(path, hidden(text), mode=0o644)


def _written(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_METRICS_BYTES).decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
