"""`podwright node pending`; what it shows, `manifest confirm` and `manifest revert` show of what they ended."""

from __future__ import annotations

from dataclasses import dataclass

import click

from podwright.cli.app import App
from podwright.cli.node_report import show_node_report
from podwright.cli.options import options
from podwright.cli.run_options import DEFAULT_FORKS, Forks, Limit, Output
from podwright.cli.site_options import Site
from podwright.operations.pending_runs import NodePending, show_pending
from podwright.operations.report import Report
from podwright.reports.pending import pending_document, pending_names, pending_rows


@dataclass(frozen=True, slots=True)
class PendingOptions:
    """What `node pending` takes."""

    site: Site
    limit: Limit = ()
    forks: Forks = DEFAULT_FORKS
    output: Output = "table"


@click.command("pending")
@options(PendingOptions)
def command(given: PendingOptions) -> int:
    """Show what each node takes back by itself unless its run is confirmed, and what it took back.

    Only reads: it confirms nothing.
    """
    app = App(given.site)
    nodes = app.chosen(given.limit)
    with app.world() as world:
        report = show_pending(nodes, world, forks=given.forks)
    return show(report, given.output)


def show(report: Report[NodePending], output: str) -> int:
    return show_node_report(report, output, document=pending_document, names=pending_names, rows=pending_rows)
