"""`podwright manifest confirm`: what a run wrote stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import click

from podwright.cli.app import App
from podwright.cli.node_pending import show
from podwright.cli.options import Argument, options
from podwright.cli.run_options import DEFAULT_FORKS, Forks, Limit, Output
from podwright.cli.site_options import Site

Run = Annotated[str, Argument("RUN", required=True)]


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What `manifest confirm` and `manifest revert` take."""

    site: Site
    run: Run
    limit: Limit = ()
    forks: Forks = DEFAULT_FORKS
    output: Output = "table"


@click.command("confirm")
@options(RunOptions)
def command(given: RunOptions) -> int:
    """Confirm the run RUN of `--confirm-within`, so that nodes keep what it wrote.

    Only with the exact id: `podwright node pending` shows which runs nodes wait for.
    """
    from podwright.operations.pending_runs import confirm_run

    app = App(given.site)
    nodes = app.chosen(given.limit)
    with app.world() as world:
        report = confirm_run(nodes, world, given.run, forks=given.forks)
    return show(report, given.output)
