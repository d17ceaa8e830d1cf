"""`podwright manifest restart`: what lies on the nodes once more, with the next generation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

import click

from podwright.cli.app import App
from podwright.cli.completion import pods
from podwright.cli.options import Argument, Option, options
from podwright.cli.run_options import (
    ConvergeOptions,
    Limit,
    ProofOptions,
    Yes,
    converge_options,
)
from podwright.cli.site_options import Site
from podwright.errors import UsageError


@dataclass(frozen=True, slots=True)
class RestartOptions:
    """What `manifest restart` takes."""

    site: Site
    names: Annotated[tuple[str, ...], Argument("[NAME...]", complete=pods)] = ()
    limit: Limit = ()
    stale: Annotated[
        bool,
        Option("--stale", "Only pods of whose images the node has another by now than the one that runs."),
    ] = False
    yes: Yes = False
    dry_run: Annotated[bool, Option("--dry-run --check", "Observe and plan, restart nothing.")] = False
    proof: ProofOptions = field(default_factory=ProofOptions)

    @property
    def run(self) -> ConvergeOptions:
        return converge_options(self, self.proof)


@click.command("restart")
@options(RestartOptions)
def command(given: RestartOptions) -> int:
    """Restart the static pods NAME... (with --stale: all of podwright's, if none is named) and prove that they run.

    Writes what lies on each node once more with the next generation, and again once the old pod has ended: the new one
    starts at once, and the file is whole and present throughout. Neither templates nor the inventory's entries are read.
    """
    from podwright.cli.converge_output import run_converge
    from podwright.operations.desired import Desired, Restart
    from podwright.operations.remove import file_names

    if not given.names and not given.stale:
        raise UsageError("which pods are to be restarted?", hint="name them, or give `--stale`")
    app = App(given.site)
    wanted = Restart(file_names(given.names), stale=given.stale)
    desired = tuple(Desired(node, from_node=wanted) for node in app.chosen(given.limit))
    return run_converge("RestartReport", app, desired, given.run)
