"""`podwright manifest diff`: what a push would change, as unified diffs."""

from __future__ import annotations

import click

from podwright.cli.app import advise_of_no_pods, app_of, chosen
from podwright.cli.converging import Presentation, run_converge
from podwright.cli.run_options import adopt_option, forks_option, limit_option, only_option, option
from podwright.cli.site_options import site_options, taken_from


@click.command("diff")
@limit_option
@only_option
@adopt_option
@option("--exit-code", is_flag=True, help="Exit 3 when there are differences.")
@forks_option
@site_options()
@click.pass_context
def command(ctx: click.Context, /, **options: object) -> int:
    """Show what a push would change, as unified diffs; the same as `push --dry-run --diff`.

    Values that are named like secrets are redacted. The kubelet need not run.
    """
    presentation = Presentation.of(
        {**taken_from(ctx, options), "dry_run": True, "diff": True, "wait_for": "file", "output": "diff"}
    )
    app = app_of(ctx)
    site = app.site()
    nodes = chosen(site.inventory, presentation.limit)
    advise_of_no_pods(nodes)
    return run_converge("DiffReport", app, site.desired(nodes, presentation.only), presentation)
