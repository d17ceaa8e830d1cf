"""`podwright manifest adopt`: files that podwright did not write, as the templates have them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

import click
from msgspec.structs import replace

from podwright.cli.app import App
from podwright.cli.completion import pods
from podwright.cli.options import Argument, Option, options
from podwright.cli.run_options import (
    AllowDowngrade,
    ConvergeOptions,
    Limit,
    Message,
    ProofOptions,
    Yes,
    converge_options,
)
from podwright.cli.site_options import Site


@dataclass(frozen=True, slots=True)
class AdoptOptions:
    """What `manifest adopt` takes."""

    site: Site
    names: Annotated[tuple[str, ...], Argument("NAME...", required=True, complete=pods)]
    limit: Limit = ()
    message: Message = ""
    yes: Yes = False
    dry_run: Annotated[bool, Option("--dry-run --check", "Observe and plan, take over nothing.")] = False
    no_restart: Annotated[
        bool,
        Option(
            "--no-restart", "Touch no file: note on the nodes that they are podwright's until they change."
        ),
    ] = False
    allow_downgrade: AllowDowngrade = False
    proof: ProofOptions = field(default_factory=ProofOptions)

    @property
    def run(self) -> ConvergeOptions:
        """The difference is always shown."""
        return converge_options(self, self.proof, diff=True)


@click.command("adopt")
@options(AdoptOptions)
def command(given: AdoptOptions) -> int:
    """Take over the files of the static pods NAME... that are on the nodes and that podwright did not write.

    Shows what would change in each, by its meaning. podwright's mark is in the pod, so its pod restarts; with --no-restart
    it comes with the next change. Nodes without such a file are left as they are. `manifest pull` makes the templates.
    """
    from podwright.cli.converge_output import run_converge
    from podwright.operations.desired import Adopt

    app = App(given.site)
    site, nodes = app.chosen_site(given.limit)
    wanted = site.desired(nodes, given.names)
    desired = tuple(replace(one, absent=(), from_node=Adopt(given.no_restart)) for one in wanted)
    return run_converge("AdoptReport", app, desired, given.run)
