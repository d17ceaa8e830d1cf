"""`podwright manifest validate`: what each node's kubelet would do with its manifests, offline."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from typing import Annotated

import click

from podwright.cli.app import App
from podwright.cli.console import counted, show_table
from podwright.cli.options import Argument, Option, options
from podwright.cli.run_options import Limit, Only
from podwright.cli.site_options import Site
from podwright.errors import ExitCode
from podwright.operations.validate import Validation, validate_files, validate_site
from podwright.reports.findings import github_annotations, junit, passes, record, rows, sarif
from podwright.text import printable, several
from podwright.validation.schema import minor_of

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
            " site; may be given again.",
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
    ] = "1.36"
    node_name: Annotated[
        str,
        Option("--node-name", "With --file: the node's Kubernetes name, which becomes part of the pod's."),
    ] = ""
    strict: Annotated[bool, Option("--strict", "Count warnings as errors.")] = False
    output: Annotated[
        str,
        Option(
            "-o --output",
            "How the answer is printed; in GitHub Actions annotations are added to the table.",
            type=click.Choice(FORMATS),
            prefix="PODWRIGHT_VALIDATE_",
        ),
    ] = "table"


@click.command("validate")
@options(ValidateOptions)
def command(given: ValidateOptions) -> int:
    """Say, offline, what each node's kubelet would do with its manifests.

    Three answers for each: would the kubelet accept the file, would the API accept its mirror pod, and is it wise. Exits
    1 when something would stop a push.
    """
    validation = _validated(given)
    _show(validation, given.output, strict=given.strict)
    good = passes(validation.judged, strict=given.strict)
    return ExitCode.DONE if good else ExitCode.FAILED


def _validated(given: ValidateOptions) -> Validation:
    paths = (*given.files, *given.more_files)
    if paths:
        judged = validate_files(
            paths,
            kubernetes_version=given.kubernetes_version,
            node_name=given.node_name,
            standard_input=sys.stdin.buffer,
        )
        return Validation(judged)
    site, nodes = App(given.site).chosen_site(given.limit)
    return validate_site(site, nodes, given.only)


def _show(validation: Validation, output: str, *, strict: bool) -> None:
    judged = validation.judged
    match output:
        case "json":
            click.echo("[" + ",\n ".join(map(json.dumps, _records(validation))) + "]")
        case "sarif":
            from importlib.metadata import version

            click.echo(json.dumps(sarif(judged, version("podwright")), indent=2))
        case "junit":
            click.echo(junit(judged, strict=strict), nl=False)
        case "github":
            _annotate(validation)
        case _:
            _show_findings(validation)
            if os.environ.get("GITHUB_ACTIONS") == "true":
                _annotate(validation)
    if output == "table":
        click.echo(_summary(validation), err=True)


def _records(validation: Validation) -> list[dict[str, object]]:
    records = [record(one) for one in validation.judged]
    for entry, nodes in zip(records, validation.nodes, strict=False):
        entry["nodes"] = list(nodes)
    return records


def _annotate(validation: Validation) -> None:
    for line in github_annotations(validation.judged):
        click.echo(line)


def _show_findings(validation: Validation) -> None:
    nodes = validation.nodes or ((),) * len(validation.judged)
    found = [
        (place, severity, rule, several(names), f"{message}: {hint}" if hint else message)
        for one, names in zip(validation.judged, nodes, strict=True)
        for place, severity, rule, message, hint in rows([one])
    ]
    if not found:
        return
    if validation.nodes:
        show_table(("PLACE", "SEVERITY", "RULE", "NODES", "MESSAGE"), found)
    else:
        show_table(("PLACE", "SEVERITY", "RULE", "MESSAGE"), [(*row[:3], row[4]) for row in found])


def _summary(validation: Validation) -> str:
    findings = [finding.severity for one in validation.judged for finding in one.verdict.findings]
    counts = [counted(findings.count("error"), "error"), counted(findings.count("warning"), "warning")]
    nodes = {name for names in validation.nodes for name in names}
    on = f" on {counted(len(nodes), 'node')}" if validation.nodes else ""
    return printable(f"{counted(validation.manifests, 'manifest')}{on}: {', '.join(counts)}")
