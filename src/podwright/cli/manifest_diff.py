"""`podwright manifest diff`: what a push would change, as unified diffs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import click

from podwright.cli.app import App
from podwright.cli.completion import pods
from podwright.cli.options import Argument, Option, options
from podwright.cli.run_options import (
    DEFAULT_FORKS,
    Adopt,
    ConvergeOptions,
    Forks,
    Limit,
    Only,
    converge_options,
)
from podwright.cli.site_options import Site
from podwright.errors import UsageError

if TYPE_CHECKING:
    from podwright.operations.desired import Desired


@dataclass(frozen=True, slots=True)
class DiffOptions:
    """What `manifest diff` takes."""

    site: Site
    names: Annotated[tuple[str, ...], Argument("[NAME...]", complete=pods)] = ()
    revision: Annotated[
        int | None,
        Option(
            "--revision",
            "What a rollback of NAME... to this revision of the nodes' history would change.",
            metavar="N",
            type=click.IntRange(min=0),
        ),
    ] = None
    limit: Limit = ()
    only: Only = ()
    adopt: Adopt = False
    exit_code: Annotated[bool, Option("--exit-code", "Exit 3 when there are differences.")] = False
    forks: Forks = DEFAULT_FORKS

    @property
    def run(self) -> ConvergeOptions:
        """A push that shows and writes nothing."""
        return converge_options(self, dry_run=True, diff=True, wait_for="file", retry=True, output="diff")


@click.command("diff")
@options(DiffOptions)
def command(given: DiffOptions) -> int:
    """Show what a push would change, as unified diffs; the same as `push --dry-run --diff`.

    Compares the content of each file, not its layout. Secrets are redacted. The kubelet need not run.
    """
    from podwright.cli.converge_output import run_converge

    app = App(given.site)
    if given.revision is not None or given.names:
        return run_converge("DiffReport", app, _rolled_back(given, app), given.run)
    site, nodes = app.chosen_site(given.limit)
    return run_converge("DiffReport", app, site.desired(nodes, given.only), given.run)


def _rolled_back(given: DiffOptions, app: App) -> tuple[Desired, ...]:
    from podwright.operations.desired import Desired, Rollback
    from podwright.operations.remove import file_names

    if given.revision is None or not given.names:
        raise UsageError(
            "a revision is one of a pod's history, so NAME and `--revision` go together",
            hint="`podwright manifest diff NAME --revision N`; for what a push would change, `--only NAME`",
        )
    wanted = Rollback(file_names(given.names), given.revision, accept_data_downgrade=True)
    return tuple(Desired(node, from_node=wanted) for node in app.chosen(given.limit))
