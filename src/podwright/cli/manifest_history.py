"""`podwright manifest history`: what was written on each node, by whom and why, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import click

from podwright.cli.app import App
from podwright.cli.completion import pods
from podwright.cli.node_report import show_node_report
from podwright.cli.options import Argument, options
from podwright.cli.run_options import DEFAULT_FORKS, Forks, Limit, Output
from podwright.cli.site_options import Site
from podwright.operations.history import show_history
from podwright.operations.remove import file_names
from podwright.reports.history import history_document, history_names, history_rows


@dataclass(frozen=True, slots=True)
class HistoryOptions:
    """What `manifest history` takes."""

    site: Site
    names: Annotated[tuple[str, ...], Argument("[NAME...]", complete=pods)] = ()
    limit: Limit = ()
    forks: Forks = DEFAULT_FORKS
    output: Output = "table"


@click.command("history")
@options(HistoryOptions)
def command(given: HistoryOptions) -> int:
    """Show the revisions of static pods on each node, newest first, and which of them can be rolled back to.

    A revision is `good` once it was proven and held. Contents are not shown: `manifest diff NAME --revision N` compares.
    """
    app = App(given.site)
    nodes = app.chosen(given.limit)
    with app.world() as world:
        names = file_names(given.names)
        report = show_history(nodes, names, world, site=app.all_nodes, forks=given.forks)
    redact = app.redactor().message
    return show_node_report(
        report,
        given.output,
        document=lambda shown: history_document(shown, redact),
        names=history_names,
        rows=lambda shown: history_rows(shown, redact),
    )
