"""`podwright manifest status`: what each node's folder holds and what runs of it."""

from __future__ import annotations

from dataclasses import dataclass

import click

from podwright.cli.app import App
from podwright.cli.console import JsonLines, show_document, show_lines, show_table
from podwright.cli.options import options
from podwright.cli.progress import progress
from podwright.cli.remarks import show_remarks
from podwright.cli.run_options import DEFAULT_FORKS, Forks, Html, Limit, Output
from podwright.cli.site_options import Site
from podwright.exit_codes import ExitCode
from podwright.operations.report import Report
from podwright.operations.status import NodeStatus, Shown, show_status
from podwright.reports.documents import status_document
from podwright.reports.names import status_names
from podwright.reports.rows import status_rows


@dataclass(frozen=True, slots=True)
class StatusOptions:
    """What `manifest status` takes."""

    site: Site
    limit: Limit = ()
    forks: Forks = DEFAULT_FORKS
    html: Html = None
    output: Output = "table"


@click.command("status")
@options(StatusOptions)
def command(given: StatusOptions) -> int:
    """Show each node's manifests, their pods and mirror pods.

    Shows every file of the folder that the kubelet reads, whoever wrote it. Exits 1 when a node could not be checked.
    """
    app = App(given.site)
    nodes = app.chosen(given.limit)
    lines = JsonLines[Shown](lambda result: status_document(Report("ManifestStatus", (result,))))
    with app.world() as world, progress(len(nodes), "status") as bar:
        report = show_status(
            nodes, world, forks=given.forks, processors=(bar, lines) if given.output == "jsonl" else (bar,)
        )
        interrupted = world.interruption()
        without_api = world.without_api
    _show(report, given.output)
    lines.end()
    if interrupted:
        return ExitCode.INTERRUPTED
    if given.html:
        from podwright.cli.html_report import write_status_page

        write_status_page(given.html, report, app, without_api=without_api)
    return ExitCode.FAILED if report.problems else ExitCode.DONE


def _show(report: Report[NodeStatus], output: str) -> None:
    match output:
        case "json" | "yaml":
            show_document(status_document(report), output)
        case "name":
            show_lines(status_names(report))
        case "table":
            show_table(status_rows(report))
    show_remarks(report)
