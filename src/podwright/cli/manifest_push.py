"""`podwright manifest push`: observe all chosen nodes, show the plan, ask, apply, verify, report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import click

from podwright.cli.app import App
from podwright.cli.options import Option, options
from podwright.cli.run_options import ConvergeOptions, Limit, Only
from podwright.cli.site_options import Site
from podwright.errors import UsageError


@dataclass(frozen=True, slots=True)
class PushOptions:
    """What `manifest push` takes."""

    site: Site
    limit: Limit = ()
    only: Only = ()
    resume: Annotated[
        str,
        Option("--resume", "Go on with this run, by its id, from whatever controller.", metavar="RUN"),
    ] = ""
    run: ConvergeOptions = ConvergeOptions()  # noqa: RUF009 - frozen


@click.command("push")
@options(PushOptions)
def command(given: PushOptions) -> int:
    """Put manifests on nodes and prove that their pods run.

    Renders and validates everything for every chosen node first; observes the nodes; shows the plan and asks (-y goes
    ahead); writes each changed file whole, in one rename; then waits until file, sandbox and mirror pod all belong to this
    manifest. Equal content is not written again.
    """
    return push(given)


def push(given: PushOptions) -> int:
    """From the options to the exit code."""
    from podwright.cli.converging import run_converge

    _check(given)
    resumes, limit = None, given.limit
    if given.resume:
        from podwright.cli.resuming import resumption

        resumes, limit = resumption(given.resume, limit)
    app = App(given.site)
    site, nodes = app.chosen_site(limit)
    return run_converge("PushReport", app, site.desired(nodes, given.only), given.run, resumes)


def _check(given: PushOptions) -> None:
    """What is known before anything is read."""
    if given.run.prune and given.only:
        raise UsageError(
            "`--prune` needs to know everything that a node should have, so it does not go with `--only`",
            hint="leave `--only` out, or remove one pod: `podwright manifest remove NAME`",
        )
    if given.run.prune_max and not given.run.prune:
        raise UsageError("`--prune-max` limits what `--prune` may remove", hint="add `--prune`")
