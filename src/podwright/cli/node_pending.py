"""`podwright node pending`; what it shows, `manifest confirm` and `manifest revert` show of what they ended."""

from __future__ import annotations

import click

from podwright.cli.app import App
from podwright.cli.node_report import ListOptions, show_node_report
from podwright.cli.options import options
from podwright.operations.pending_runs import NodePending, show_pending
from podwright.operations.report import Report
from podwright.reports.pending import pending_document, pending_names, pending_rows


@click.command("pending")
@options(ListOptions)
def command(given: ListOptions) -> int:
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
