"""`podwright manifest validate`: what each node's kubelet would do with its manifests, offline."""

from __future__ import annotations

import click

from podwright.cli.app import app_of, chosen
from podwright.cli.console import warn
from podwright.cli.run_options import limit_option, only_option
from podwright.cli.site_options import site_options, taken_from


@click.command("validate")
@limit_option
@only_option
@site_options()
@click.pass_context
def command(ctx: click.Context, /, **options: object) -> None:
    """Say, offline, what each node's kubelet would do with its manifests."""
    own = taken_from(ctx, options)
    limit, only = own["limit"], own["only"]
    app = app_of(ctx)
    site = app.site()
    nodes = chosen(site.inventory, limit if isinstance(limit, str) else None)
    desired = site.desired(nodes, only if isinstance(only, tuple) else ())
    advice = {
        f"{one.file_name}: {found.message}"
        for entry in desired
        for one in entry.manifests
        for found in one.advice
    }
    for text in sorted(advice):
        warn(text)
    click.echo(
        f"{sum(len(entry.manifests) for entry in desired)} manifests on {len(desired)} nodes are valid",
        err=True,
    )
