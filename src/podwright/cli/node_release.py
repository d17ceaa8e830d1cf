"""`podwright node release`: give back the files that `node provision` wrote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import click

from podwright.cli.app import App
from podwright.cli.options import Argument, Option, options
from podwright.cli.run_options import (
    DEFAULT_FORKS,
    ConvergeOptions,
    Diff,
    Forks,
    Limit,
    Output,
    Yes,
    converge_options,
)
from podwright.cli.site_options import Site


@dataclass(frozen=True, slots=True)
class ReleaseOptions:
    """What `node release` takes."""

    site: Site
    paths: Annotated[tuple[str, ...], Argument("PATH...", required=True)]
    limit: Limit = ()
    yes: Yes = False
    dry_run: Annotated[bool, Option("--dry-run --check", "Observe and plan, change nothing.")] = False
    diff: Diff = False
    forks: Forks = DEFAULT_FORKS
    output: Output = "table"

    @property
    def run(self) -> ConvergeOptions:
        return converge_options(self, wait_for="file")


@click.command("release")
@options(ReleaseOptions)
def command(given: ReleaseOptions) -> int:
    """Remove the files PATH... that `node provision` wrote; what it took over there comes back as it was.

    Take them out of `podwright_node` first, or the next `node provision` writes them again.
    """
    from podwright.cli.converging import run_converge
    from podwright.operations.provision import released

    app = App(given.site)
    return run_converge("NodeReleaseReport", app, released(app.chosen(given.limit), given.paths), given.run)
