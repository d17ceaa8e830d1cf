"""`podwright manifest validate`: what each node's kubelet would do with its manifests, offline."""

from __future__ import annotations

import json
import os
import sys

import click

from podwright.cli.app import advise_of_no_pods, app_of, chosen
from podwright.cli.console import counted, show_table
from podwright.cli.run_options import limit_option, only_option, option
from podwright.cli.site_options import site_options, taken_from
from podwright.errors import ExitCode
from podwright.operations.validate import Validation, validate_files, validate_site
from podwright.reports.findings import github_annotations, junit, passes, record, rows, sarif
from podwright.text import printable, several
from podwright.validation.schema import minor_of

FORMATS = ("table", "json", "sarif", "junit", "github")


@click.command("validate")
@limit_option
@only_option
@option(
    "--file",
    "files",
    multiple=True,
    metavar="PATH",
    help="Judge this manifest (`-`: standard input), or this folder as a kubelet would read it, instead of the site;"
    " may be given again.",
)
@click.argument("more_files", nargs=-1, metavar="[PATH...]")
@option(
    "--kubernetes-version",
    default="1.36",
    show_default=True,
    help="With --file: the kubelet's version; for a site it is `podwright_kubernetes_version`.",
)
@option(
    "--node-name",
    default="",
    help="With --file: the node's Kubernetes name, which becomes part of the pod's.",
)
@option("--strict", is_flag=True, help="Count warnings as errors.")
@option(
    "-o",
    "--output",
    prefix="PODWRIGHT_VALIDATE_",
    type=click.Choice(FORMATS),
    default="table",
    show_default=True,
    help="How the answer is printed; in GitHub Actions annotations are added to the table.",
)
@site_options()
@click.pass_context
def command(ctx: click.Context, /, **options: object) -> int:
    """Say, offline, what each node's kubelet would do with its manifests.

    Three answers for each: would the kubelet accept the file, would the API accept its mirror pod, and is it wise. Exits
    1 when something would stop a push.
    """
    own = taken_from(ctx, options)
    strict = bool(own["strict"])
    validation = _validated(ctx, own)
    _show(validation, str(own["output"]), strict=strict)
    good = passes(validation.judged, strict=strict)
    return ExitCode.DONE if good else ExitCode.FAILED


def _validated(ctx: click.Context, own: dict[str, object]) -> Validation:
    files, more = own["files"], own["more_files"]
    paths = (*(files if isinstance(files, tuple) else ()), *(more if isinstance(more, tuple) else ()))
    version = str(own["kubernetes_version"])
    if minor_of(version) is None:
        raise click.BadParameter(
            f"`{version}` is no version such as 1.36", ctx, param_hint="--kubernetes-version"
        )
    if paths:
        judged = validate_files(
            map(str, paths),
            kubernetes_version=version,
            node_name=str(own["node_name"]),
            standard_input=sys.stdin.buffer,
        )
        return Validation(judged)
    site = app_of(ctx).site()
    limit, only = own["limit"], own["only"]
    nodes = chosen(site.inventory, limit if isinstance(limit, str) else None)
    advise_of_no_pods(nodes)
    return validate_site(site, nodes, only if isinstance(only, tuple) else ())


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
