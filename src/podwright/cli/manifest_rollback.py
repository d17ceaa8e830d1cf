"""`podwright manifest rollback`: an older content of a pod once more, with a new generation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

import click

from podwright.cli.app import App
from podwright.cli.completion import pods
from podwright.cli.options import Argument, Option, options
from podwright.cli.run_options import (
    ConfirmWithin,
    ConvergeOptions,
    Diff,
    Limit,
    Message,
    Patience,
    ProofOptions,
    Yes,
    converge_options,
)
from podwright.cli.site_options import Site


@dataclass(frozen=True, slots=True)
class RollbackOptions:
    """What `manifest rollback` takes."""

    site: Site
    names: Annotated[tuple[str, ...], Argument("NAME...", required=True, complete=pods)]
    to: Annotated[
        int | None,
        Option(
            "--to",
            "The revision to go back to.  [default: the newest good one with other content]",
            metavar="REVISION",
            type=click.IntRange(min=0),
            prefix="PODWRIGHT_ROLLBACK_",
        ),
    ] = None
    accept_data_downgrade: Annotated[
        bool,
        Option("--accept-data-downgrade", "Let an etcd go back below the minor version of its data."),
    ] = False
    limit: Limit = ()
    message: Message = ""
    confirm_within: ConfirmWithin = None
    yes: Yes = False
    dry_run: Annotated[bool, Option("--dry-run --check", "Observe and plan, write nothing.")] = False
    diff: Diff = False
    patience: Patience = None
    proof: ProofOptions = field(default_factory=ProofOptions)

    @property
    def run(self) -> ConvergeOptions:
        return converge_options(self, self.proof)


@click.command("rollback")
@options(RollbackOptions)
def command(given: RollbackOptions) -> int:
    """Bring back an older content of the static pods NAME..., and prove that it runs.

    The content is that of a revision of each node's own history, judged for its kubelet as any text; its generation is
    new. Neither templates nor the inventory's entries are read: the next push brings their content back.
    """
    from podwright.cli.converge_output import run_converge
    from podwright.operations.desired import Desired, Rollback
    from podwright.operations.remove import file_names

    app = App(given.site)
    wanted = Rollback(file_names(given.names), given.to, given.accept_data_downgrade)
    desired = tuple(Desired(node, from_node=wanted) for node in app.chosen(given.limit))
    return run_converge("RollbackReport", app, desired, given.run)
