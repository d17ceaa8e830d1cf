"""Writes what was found to a file as one HTML page."""

from __future__ import annotations

import time
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from podwright.cli.app import App
from podwright.cli.redacted_output import hidden
from podwright.cli.report_files import told, write_whole
from podwright.operations.drift import NodeDrift
from podwright.operations.node_check import NodeChecked
from podwright.operations.report import Report
from podwright.operations.status import NodeStatus
from podwright.plan.drift_history import DriftHistory
from podwright.reports.diffs import difference
from podwright.reports.drift_page import drift_page
from podwright.reports.html import page_html
from podwright.reports.node_checks_page import checks_page
from podwright.reports.status_page import status_page


def write_drift_page(path: Path, report: Report[NodeDrift], app: App, history: DriftHistory) -> None:
    """Raises UsageError."""
    _write(path, drift_page_text(report, app, history))


def drift_page_text(report: Report[NodeDrift], app: App, history: DriftHistory) -> str:
    redactor = app.redactor()
    facts = _facts(app, history.now)
    return page_html(drift_page(report, facts, lambda change: difference(change, redactor), history), hidden)


def write_status_page(path: Path, report: Report[NodeStatus], app: App, *, without_api: bool) -> None:
    """Raises UsageError."""
    page = status_page(report, _facts(app, time.time()), without_api=without_api)
    _write(path, page_html(page, hidden))


def write_checks_page(path: Path, report: Report[NodeChecked], app: App, profiles: Iterable[str]) -> None:
    """Raises UsageError."""
    facts = (*_facts(app, time.time()), ("profiles", ", ".join(profiles)))
    _write(path, page_html(checks_page(report, facts), hidden))


def _facts(app: App, checked: float) -> tuple[tuple[str, str], ...]:
    return (
        ("checked", time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(checked))),
        ("inventory", app.inventory_name),
        ("podwright", version("podwright")),
    )


def _write(path: Path, text: str) -> None:
    with told(path, "the report"):
        # it tells much about the nodes, so it is its owner's
        write_whole(path, text, mode=0o600)
