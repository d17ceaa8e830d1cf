"""`podwright drift check`: what differs from the inventory, for cron and for a person."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import click

from podwright.cli.app import App
from podwright.cli.console import JsonLines, say, show_document, show_lines
from podwright.cli.diagnostics import show_failure, show_remarks
from podwright.cli.drift_history import ChecksHistory
from podwright.cli.drift_scope import DriftScope
from podwright.cli.options import Option, options
from podwright.cli.progress import progress
from podwright.cli.run_options import FORMATS, Html
from podwright.cli.site_options import Site
from podwright.errors import PodwrightError
from podwright.exit_codes import ExitCode
from podwright.operations.drift import Checked, NodeDrift, check_drift, drift_code
from podwright.operations.report import Report
from podwright.plan.drift_excuses import Allowances
from podwright.plan.drift_history import NO_HISTORY, DriftHistory
from podwright.reports.drift_documents import drift_document
from podwright.reports.drift_lines import drift_lines
from podwright.reports.names import drift_names
from podwright.reports.run_rows import drift_summary

if TYPE_CHECKING:
    from podwright.cli.drift_notify import Webhook


@dataclass(frozen=True, slots=True)
class DriftOptions:
    """What `drift check` takes."""

    site: Site
    scope: DriftScope = field(default_factory=DriftScope)
    quiet: Annotated[bool, Option("-q --quiet", "Print nothing when clean; findings and failures only.")] = (
        False
    )
    compare: Annotated[
        str,
        Option(
            "--compare",
            "Tell what is new and what is mended since this report (-o json), or the `last` check of these options.",
            metavar="FILE|last",
        ),
    ] = ""
    prometheus_file: Annotated[
        Path | None,
        Option(
            "--prometheus-file",
            "Write metrics to this file too, for node_exporter's textfile collector (NAME.prom).",
        ),
    ] = None
    nagios: Annotated[
        bool,
        Option(
            "--nagios",
            "Print one line as Nagios plugins do, and exit 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.",
        ),
    ] = False
    notify_url: Annotated[
        str,
        Option(
            "--notify-url",
            "Post what was found to this webhook if something changed since the check before.",
            metavar="URL",
        ),
    ] = ""
    html: Html = None
    output: Annotated[
        str,
        Option(
            "-o --output",
            "Output format.",
            type=click.Choice([*FORMATS, "junit", "sarif"]),
            prefix="PODWRIGHT_DRIFT_",
        ),
    ] = "table"


@click.command("check")
@options(DriftOptions)
def command(given: DriftOptions) -> int:
    """Compare what should run with what runs. Only reads; made for cron.

    Prints one line for each finding: NODE: KIND: FILE OR POD: DETAIL; what many nodes have alike is one line. Exits 0
    clean, 3 drift found, 4 no drift seen but some node, or the runtime or API, could not be checked, 1 failed, 2 usage.
    --wait-for limits what is compared.
    """
    if not given.nagios:
        return _check(given)
    try:
        return _check(given)
    except PodwrightError as error:
        from podwright.cli.drift_outputs import show_nagios_failure

        return show_nagios_failure(error)


def _check(given: DriftOptions) -> int:
    begun = time.monotonic()
    allowances = Allowances(time.strftime("%Y-%m-%d"), ignored=given.scope.ignored)
    webhook = webhook_of(given.notify_url)
    app = App(given.site, reads_waivers=True)
    site, nodes = app.chosen_site(given.scope.limit)
    desired = site.desired(nodes, given.scope.only)
    with app.world() as world, progress(len(desired), "drift check") as bar:
        checks = ChecksHistory(
            given.scope.scope(api=not world.without_api),
            given.scope.key(given.site, app.inventory_name),
            given.compare,
        )
        history = checks.history
        lines = JsonLines[Checked](lambda one: drift_document(Report("DriftReport", (one,)), history))
        report = check_drift(
            desired,
            world,
            given.scope.settings,
            allowances=allowances,
            whole=given.scope.whole,
            history=history,
            with_changes=given.html is not None,
            processors=(bar, lines) if given.output == "jsonl" else (bar,),
        )
        interrupted = world.interruption()
    seconds = time.monotonic() - begun
    if given.nagios:
        from podwright.cli.drift_outputs import show_nagios

        if not interrupted:
            _write_files(report, given, app, history, seconds)
            _pass_on(report, checks, webhook, quiet=True)
        return show_nagios(report, seconds, whole=not interrupted)
    _show(report, given, app.inventory_name, history)
    lines.end()
    if interrupted:
        return ExitCode.INTERRUPTED
    # last, so that what was found is shown even if a file cannot be written
    _write_files(report, given, app, history, seconds)
    told = _pass_on(report, checks, webhook, quiet=given.quiet)
    return drift_code(report) or (ExitCode.DONE if told else ExitCode.FAILED)


def _pass_on(
    report: Report[NodeDrift], checks: ChecksHistory, webhook: Webhook | None, *, quiet: bool
) -> bool:
    """To the webhook, and to the next check; what the webhook did not take is news to the next check too."""
    try:
        if webhook:
            webhook.tell(report, checks.history)
    except PodwrightError as error:
        show_failure(error)
        return False
    checks.keep(report, quiet=quiet)
    return True


def webhook_of(url: str) -> Webhook | None:
    """Raises UsageError."""
    if not url:
        return None
    from podwright.cli.drift_notify import Webhook  # only a check that notifies pays for it

    return Webhook(url)


def _write_files(
    report: Report[NodeDrift], given: DriftOptions, app: App, history: DriftHistory, seconds: float
) -> None:
    """What is to be kept of a check beside what it prints. Raises UsageError."""
    if given.prometheus_file:
        from podwright.cli.drift_outputs import write_metrics

        write_metrics(given.prometheus_file, report, seconds)
    if given.html:
        from podwright.cli.html_report import write_drift_page

        write_drift_page(given.html, report, app, history)


def _show(report: Report[NodeDrift], given: DriftOptions, inventory: str, history: DriftHistory) -> None:
    compared = history if given.compare else NO_HISTORY
    match given.output:
        case "junit" | "sarif":
            from podwright.cli.drift_outputs import show_for_ci

            show_for_ci(report, given.output, inventory)
        case "json" | "yaml":
            show_document(drift_document(report, history), given.output)
        case "name":
            show_lines(drift_names(report))
        case "table":
            for line in drift_lines(report, compared, with_excused=not given.quiet):
                say(line, indent=4)
    show_remarks(report, drift_summary(report, compared), quiet=given.quiet)
