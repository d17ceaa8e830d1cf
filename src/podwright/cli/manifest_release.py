"""`podwright manifest release`: what lies on the nodes, without podwright's mark."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

import click

from podwright.cli.app import App
from podwright.cli.completion import pods
from podwright.cli.options import Argument, Option, options
from podwright.cli.run_options import (
    ConvergeOptions,
    Diff,
    Limit,
    ProofOptions,
    Yes,
    converge_options,
)
from podwright.cli.site_options import Site


@dataclass(frozen=True, slots=True)
class ReleaseOptions:
    """What `manifest release` takes."""

    site: Site
    names: Annotated[tuple[str, ...], Argument("NAME...", required=True, complete=pods)]
    limit: Limit = ()
    yes: Yes = False
    dry_run: Annotated[bool, Option("--dry-run --check", "Observe and plan, give up nothing.")] = False
    no_restart: Annotated[
        bool,
        Option(
            "--no-restart",
            "Touch no file: the mark stays, and a note on the nodes revokes it until they change.",
        ),
    ] = False
    diff: Diff = False
    proof: ProofOptions = field(default_factory=ProofOptions)

    @property
    def run(self) -> ConvergeOptions:
        return converge_options(self, self.proof)


@click.command("release")
@options(ReleaseOptions)
def command(given: ReleaseOptions) -> int:
    """Give up the static pods NAME...: they run on, and podwright neither changes nor prunes them any more.

    Writes what lies on each node without podwright's mark. The mark is in the pod, so the pod restarts; with --no-restart
    the mark stays, and a note on the node revokes it until the file changes. Name it no longer in `static_pods`: what is
    named there and is not podwright's is a conflict.
    """
    from podwright.cli.converging import run_converge
    from podwright.operations.desired import Desired, Release
    from podwright.operations.remove import file_names

    app = App(given.site)
    wanted = Release(file_names(given.names), given.no_restart)
    desired = tuple(Desired(node, from_node=wanted) for node in app.chosen(given.limit))
    return run_converge("ReleaseReport", app, desired, given.run)
