"""What `manifest validate` takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import click

from podwright.cli.options import Argument, Option
from podwright.cli.run_options import Limit, Only
from podwright.cli.site_options import Site
from podwright.validation.versions import DEFAULT_VERSION, minor_of

FORMATS = ("table", "json", "sarif", "junit", "github")


class _Version(click.ParamType[str]):
    name = "version"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if minor_of(value) is None:
            self.fail(f"`{value}` is not a version such as 1.36", param, ctx)
        return value


@dataclass(frozen=True, slots=True)
class ValidateOptions:
    """What `manifest validate` takes."""

    site: Site
    limit: Limit = ()
    only: Only = ()
    files: Annotated[
        tuple[str, ...],
        Option(
            "--file",
            "Judge this manifest (`-`: standard input), or this folder as a kubelet would read it, instead of the"
            " site; may be repeated.",
            metavar="PATH",
        ),
    ] = ()
    more_files: Annotated[tuple[str, ...], Argument("[PATH...]")] = ()
    kubernetes_version: Annotated[
        str,
        Option(
            "--kubernetes-version",
            "With --file: the kubelet's version; for a site it is `podwright_kubernetes_version`.",
            type=_Version(),
        ),
    ] = DEFAULT_VERSION
    node_name: Annotated[
        str,
        Option("--node-name", "With --file: the node's Kubernetes name, which becomes part of the pod's."),
    ] = ""
    strict: Annotated[bool, Option("--strict", "Count warnings as errors.")] = False
    pedantic: Annotated[
        bool, Option("--pedantic", "Show notes too, which apply to many good manifests and stop nothing.")
    ] = False
    output: Annotated[
        str,
        Option(
            "-o --output",
            "Output format. In GitHub Actions, annotations are added to the table.",
            type=click.Choice(FORMATS),
            prefix="PODWRIGHT_VALIDATE_",
        ),
    ] = "table"
