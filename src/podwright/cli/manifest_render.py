"""`podwright manifest render`: what the templates come to, per node, without touching any."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import click

from podwright.cli.app import App
from podwright.cli.options import Option, options
from podwright.cli.run_options import Limit, Only
from podwright.cli.site_options import Site
from podwright.errors import UsageError


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """What `manifest render` takes."""

    site: Site
    limit: Limit = ()
    only: Only = ()
    output_dir: Annotated[
        Path | None,
        Option(
            "--output-dir",
            "Write DIR/NODE/NAME.yaml instead of printing.",
            type=click.Path(path_type=Path, file_okay=False),
        ),
    ] = None


@click.command("render")
@options(RenderOptions)
def command(given: RenderOptions) -> None:
    """Render templates per node, to standard output or a folder.

    What is shown is the template's own text, before podwright judges and stamps it: it may hold secrets.
    """
    site, nodes = App(given.site).chosen_site(given.limit)
    rendered = site.rendered(nodes, given.only)
    if given.output_dir:
        _write(given.output_dir, rendered)
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
