"""`podwright manifest validate`: what each node's kubelet would do with its manifests, offline."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Annotated

import click

from podwright.cli.app import App
from podwright.cli.console import say, show_document, show_lines, show_table
from podwright.cli.hiding import hidden, hidden_document
from podwright.cli.options import Argument, Option, options
from podwright.cli.run_options import Limit, Only
from podwright.cli.site_options import Site
from podwright.errors import ExitCode
from podwright.operations.validate import Validation, validate_files, validate_site
from podwright.reports.documents import as_text, validation_documents
from podwright.reports.findings import passes
from podwright.reports.github import github_annotations
from podwright.reports.junit import junit
from podwright.reports.rows import finding_rows, validation_summary
from podwright.reports.sarif import sarif
from podwright.validation.findings import Finding
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
    ] = DEFAULT_VERSION
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
    validation = _without_secrets(_validated(given))
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


def _without_secrets(validation: Validation) -> Validation:
    """What a finding quotes may be a secret of the inventory."""
    return replace(
        validation,
        judged=tuple(replace(one, findings=tuple(map(_hidden, one.findings))) for one in validation.judged),
    )


def _hidden(finding: Finding) -> Finding:
    texts = (finding.path, finding.message, finding.hint)
    path, message, hint = map(hidden, texts)
    return (
        finding if (path, message, hint) == texts else replace(finding, path=path, message=message, hint=hint)
    )


def _show(validation: Validation, output: str, *, strict: bool) -> None:
    judged = validation.judged
    match output:
        case "json":
            records = [
                as_text(hidden_document(record), "jsonl") for record in validation_documents(validation)
            ]
            click.echo("[" + ",\n ".join(records) + "]")
        case "sarif":
            show_document(sarif(judged, version("podwright")), "json")
        case "junit":
            click.echo(junit(judged, strict=strict), nl=False)
        case "github":
            show_lines(github_annotations(judged))
        case _:
            show_table(finding_rows(validation))
            if os.environ.get("GITHUB_ACTIONS") == "true":
                show_lines(github_annotations(judged))
    if output == "table":
        say(validation_summary(validation), err=True)
