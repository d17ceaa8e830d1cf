"""`podwright manifest render`: what the templates come to, per node, without touching any."""

from __future__ import annotations

from pathlib import Path

import click

from podwright.cli.app import advise_of_no_pods, app_of, chosen
from podwright.cli.run_options import limit_option, only_option, option
from podwright.cli.site_options import site_options, taken_from
from podwright.errors import UsageError


@click.command("render")
@limit_option
@only_option
@option(
    "--output-dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write DIR/NODE/NAME.yaml instead of printing.",
)
@site_options()
@click.pass_context
def command(ctx: click.Context, /, **options: object) -> None:
    """Render templates per node, to standard output or a folder.

    What is shown is the template's own text, before podwright judges and stamps it: it may hold secrets.
    """
    own = taken_from(ctx, options)
    limit, only, folder = own["limit"], own["only"], own["output_dir"]
    app = app_of(ctx)
    site = app.site()
    nodes = chosen(site.inventory, limit if isinstance(limit, str) else None)
    advise_of_no_pods(nodes)
    rendered = site.rendered(nodes, only if isinstance(only, tuple) else ())
    if isinstance(folder, Path):
        _write(folder, rendered)
        return
    for node, file_name, text in rendered:
        click.echo(f"---\n# {node}/{file_name}")
        click.echo(text, nl=not text.endswith("\n"))


def _write(folder: Path, rendered: tuple[tuple[str, str, str], ...]) -> None:
    """Manifests may hold secrets: the files are for their owner only."""
    try:
        for node, file_name, text in rendered:
            path = folder / node / file_name
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
            path.write_text(text, "utf-8")
            click.echo(str(path), err=True)
    except OSError as error:
        raise UsageError(
            f"cannot write `{error.filename}`: {error.strerror}", hint="give another --output-dir"
        ) from error
