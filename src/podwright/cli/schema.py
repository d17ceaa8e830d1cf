"""`podwright schema`: the JSON Schema of a document that a command prints with `-o json`."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Annotated

import click

from podwright.cli.options import Argument, options
from podwright.cli.site_options import Site
from podwright.exit_codes import ExitCode

KINDS = {
    "DriftReport": "drift-report",
    "ManifestStatus": "manifest-status",
    "NodeChecks": "node-checks",
    "NodeFacts": "node-facts",
}


@dataclass(frozen=True, slots=True)
class SchemaOptions:
    """What `schema` takes."""

    site: Site
    kind: Annotated[str, Argument("KIND", required=True, type=click.Choice([*KINDS]))]


@click.command("schema")
@options(SchemaOptions)
def command(given: SchemaOptions) -> int:
    """Print the JSON Schema of a document, as its `kind` says."""
    schema = files("podwright.reports").joinpath("schemas", f"{KINDS[given.kind]}.json")
    click.echo(schema.read_text("utf-8"), nl=False)
    return ExitCode.DONE
