"""`podwright manifest revert`: what a run wrote that is not confirmed goes back before its time."""

from __future__ import annotations

import click

from podwright.cli.app import App
from podwright.cli.manifest_confirm import RunOptions
from podwright.cli.node_pending import show
from podwright.cli.options import options


@click.command("revert")
@options(RunOptions)
def command(given: RunOptions) -> int:
    """Take back at once what the run RUN of `--confirm-within` wrote, as the nodes would when its time is over.

    Only with the exact id, and only what is still as the run left it.
    """
    from podwright.operations.pending_runs import revert_run

    app = App(given.site)
    nodes = app.chosen(given.limit)
    with app.world() as world:
        report = revert_run(nodes, world, given.run, forks=given.forks)
    return show(report, given.output)
