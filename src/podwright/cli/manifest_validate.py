"""`podwright manifest validate`: what each node's kubelet would do with its manifests, offline."""

from __future__ import annotations

import click

from podwright.cli.options import options
from podwright.cli.validate_options import ValidateOptions


@click.command("validate")
@options(ValidateOptions)
def command(given: ValidateOptions) -> int:
    """Check offline what each node's kubelet would do with its manifests.

    Answers three questions for each manifest: would the kubelet accept the file, would the API accept its mirror pod, and
    is it good practice? Exits 1 when something would stop a push.
    """
    from podwright.cli.validate_output import run_validate

    return run_validate(given)
