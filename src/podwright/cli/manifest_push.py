"""`podwright manifest push`: look at all chosen nodes, show the plan, ask, apply, verify, report."""

from __future__ import annotations

import click

from podwright.cli.app import advise_of_no_pods, app_of, chosen
from podwright.cli.run_options import (
    adopt_option,
    diff_option,
    forks_option,
    hold_option,
    limit_option,
    only_option,
    option,
    output_option,
    timeout_option,
    wait_for_option,
    yes_option,
)
from podwright.cli.site_options import site_options, taken_from


@click.command("push")
@limit_option
@only_option
@yes_option
@option("--dry-run", "--check", "dry_run", is_flag=True, help="Look and plan, write nothing.")
@diff_option
@option("--exit-code", is_flag=True, help="With --dry-run: exit 3 when changes are pending.")
@wait_for_option
@timeout_option
@hold_option
@forks_option
@adopt_option
@option("--strict", is_flag=True, help="Count warnings about manifests as errors: nothing is pushed.")
@output_option
@site_options()
@click.pass_context
def command(ctx: click.Context, /, **options: object) -> int:
    """Put manifests on nodes and prove that their pods run.

    Renders and validates everything for every chosen node first; looks at the nodes; shows the plan and asks (-y goes
    ahead); writes each changed file whole, in one rename; then waits until file, sandbox and mirror pod are all this
    manifest's. Equal content is not written again.
    """
    from podwright.cli.converging import Presentation, run_converge

    presentation = Presentation.of(taken_from(ctx, options))
    app = app_of(ctx)
    site = app.site()
    nodes = chosen(site.inventory, presentation.limit)
    advise_of_no_pods(nodes)
    desired = site.desired(nodes, presentation.only)
    return run_converge("PushReport", app, desired, presentation)
