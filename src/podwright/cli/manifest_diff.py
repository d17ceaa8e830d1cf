"""`podwright manifest diff`: what a push would change, as unified diffs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import click

from podwright.cli.app import App
from podwright.cli.options import Option, options
from podwright.cli.run_options import DEFAULT_FORKS, Adopt, ConvergeOptions, Forks, Limit, Only
from podwright.cli.site_options import Site


@dataclass(frozen=True, slots=True)
class DiffOptions:
    """What `manifest diff` takes."""

    site: Site
    limit: Limit = ()
    only: Only = ()
    adopt: Adopt = False
    exit_code: Annotated[bool, Option("--exit-code", "Exit 3 when there are differences.")] = False
    forks: Forks = DEFAULT_FORKS

    @property
    def run(self) -> ConvergeOptions:
        """A push that shows and writes nothing."""
        return ConvergeOptions(
            dry_run=True,
            diff=True,
            wait_for="file",
            output="diff",
            exit_code=self.exit_code,
            adopt=self.adopt,
            forks=self.forks,
        )


@click.command("diff")
@options(DiffOptions)
def command(given: DiffOptions) -> int:
    """Show what a push would change, as unified diffs; the same as `push --dry-run --diff`.

    Compares the content of each file, not its layout. Secrets are redacted. The kubelet need not run.
    """
    from podwright.cli.converging import run_converge

    app = App(given.site)
    site, nodes = app.chosen_site(given.limit)
    return run_converge("DiffReport", app, site.desired(nodes, given.only), given.run)
