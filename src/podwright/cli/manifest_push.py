"""`podwright manifest push`: observe all chosen nodes, show the plan, ask, apply, verify, report."""

from __future__ import annotations

from dataclasses import dataclass

import click

from podwright.cli.app import App
from podwright.cli.options import options
from podwright.cli.run_options import ConvergeOptions, Limit, Only
from podwright.cli.site_options import Site
from podwright.errors import UsageError


@dataclass(frozen=True, slots=True)
class PushOptions:
    """What `manifest push` takes."""

    site: Site
    limit: Limit = ()
    only: Only = ()
    run: ConvergeOptions = ConvergeOptions()  # noqa: RUF009 - frozen


@click.command("push")
@options(PushOptions)
def command(given: PushOptions) -> int:
    """Put manifests on nodes and prove that their pods run.

    Renders and validates everything for every chosen node first; observes the nodes; shows the plan and asks (-y goes
    ahead); writes each changed file whole, in one rename; then waits until file, sandbox and mirror pod all belong to this
    manifest. Equal content is not written again.
    """
    from podwright.cli.converging import run_converge

    _check(given)
    app = App(given.site)
    site, nodes = app.chosen_site(given.limit)
    return run_converge("PushReport", app, site.desired(nodes, given.only), given.run)


def _check(given: PushOptions) -> None:
    """What is known before anything is read."""
    if given.run.prune and given.only:
        raise UsageError(
            "`--prune` needs to know everything that a node should have, so it does not go with `--only`",
            hint="leave `--only` out, or remove one pod: `podwright manifest remove NAME`",
        )
    if given.run.prune_max and not given.run.prune:
        raise UsageError("`--prune-max` limits what `--prune` may remove", hint="add `--prune`")
