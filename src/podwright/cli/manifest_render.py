"""`podwright manifest render`: the rendered templates, per node, without connecting to any."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import click

from podwright.cli.app import App
from podwright.cli.console import say
from podwright.cli.options import Option, options
from podwright.cli.redacted_output import refuse_secrets_off_a_terminal
from podwright.cli.run_options import Limit, Only, ShowSecrets
from podwright.cli.site_options import Site
from podwright.errors import UsageError
from podwright.state.private_files import write_file
from podwright.text import printable


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """What `manifest render` takes."""

    site: Site
    limit: Limit = ()
    only: Only = ()
    show_secrets: ShowSecrets = False
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

    Shows the rendered text before podwright validates and stamps it. On standard output, values that are encrypted in the
    inventory or come from variables of the environment named like secrets are redacted.
    """
    if given.show_secrets:
        refuse_secrets_off_a_terminal()
    app = App(given.site)
    site, nodes = app.chosen_site(given.limit)
    rendered = site.rendered(nodes, given.only)
    if given.output_dir:
        _write(given.output_dir, rendered)
        return
    for node, file_name, text in rendered:
        say(f"---\n# {printable(node)}/{printable(file_name)}")
        shown = text if given.show_secrets else app.without_encrypted(text)
        click.echo(_shown(shown), nl=not text.endswith("\n"))


def _shown(text: str) -> str:
    """What YAML has no place for is shown as an escape; on a terminal everything that could steer it."""
    from yaml.reader import Reader

    if sys.stdout.isatty():
        return printable(text)
    return Reader.NON_PRINTABLE.sub(lambda found: printable(found[0]), text)


def _write(folder: Path, rendered: tuple[tuple[str, str, str], ...]) -> None:
    """Manifests may hold secrets: the files are for their owner only."""
    try:
        for node, file_name, text in rendered:
            write_file(folder / node / file_name, text)
            say(str(folder / node / file_name), err=True)
    except OSError as error:
        raise UsageError(
            f"cannot write `{error.filename}`: {error.strerror}", hint="give another --output-dir"
        ) from error
