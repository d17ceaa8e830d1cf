"""`podwright manifest remove`: a push of nothing, within the named scope."""

from __future__ import annotations

import click

from podwright.cli.app import app_of, chosen
from podwright.cli.run_options import (
    adopt_option,
    diff_option,
    forks_option,
    limit_option,
    option,
    output_option,
    timeout_option,
    yes_option,
)
from podwright.cli.site_options import site_options, taken_from


@click.command("remove")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@limit_option
@yes_option
@option("--dry-run", "--check", "dry_run", is_flag=True, help="Look and plan, remove nothing.")
@diff_option
@option("--exit-code", is_flag=True, help="With --dry-run: exit 3 when there is something to remove.")
@option(
    "--wait-for",
    prefix="PODWRIGHT_REMOVE_",
    type=click.Choice(["file", "gone"]),
    default="gone",
    show_default=True,
    help="How much must be proven: the file alone, or file, sandbox and mirror pod.",
)
@timeout_option
@forks_option
@adopt_option
@output_option
@site_options()
@click.pass_context
def command(ctx: click.Context, /, names: tuple[str, ...], **options: object) -> int:
    """Truly delete the static pods NAME... and prove that they are gone.

    The file goes, then every sandbox of its pod and the mirror pod are seen to vanish. Works when template and
    inventory entry are gone: the pod's identity is read from the node's file. Gone already is success. The mirror pod
    is never deleted through the API: it would only come back.
    """
    from podwright.cli.converging import Presentation, run_converge
    from podwright.operations.remove import nothing_desired

    own = taken_from(ctx, options)
    presentation = Presentation.of({**own, "wait_for": "file" if own["wait_for"] == "file" else "ready"})
    app = app_of(ctx)
    nodes = chosen(app.inventory(), presentation.limit)
    return run_converge("RemoveReport", app, nothing_desired(nodes, names), presentation)
