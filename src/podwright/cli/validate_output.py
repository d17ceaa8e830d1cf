"""What `manifest validate` judges, and how it shows the findings."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from podwright.cli.app import App
from podwright.cli.console import say, show_document, show_lines, show_table
from podwright.cli.redacted_output import hidden, hidden_document
from podwright.exit_codes import ExitCode
from podwright.operations.validate import Validation, validate_files, validate_site
from podwright.reports.documents import as_text, validation_documents
from podwright.reports.findings import finding_rows, passes, validation_summary
from podwright.reports.github_annotations import github_annotations
from podwright.reports.junit import junit
from podwright.reports.sarif import sarif
from podwright.validation.findings import Finding

if TYPE_CHECKING:
    from podwright.cli.validate_options import ValidateOptions


def run_validate(given: ValidateOptions) -> int:
    """Judge a site or plain files and show what came of it; returns the exit code. Raises InventoryError, UsageError."""
    validation = _without_secrets(_validated(given))
    _show(validation, given.output, strict=given.strict, pedantic=given.pedantic)
    return ExitCode.DONE if passes(validation.judged, strict=given.strict) else ExitCode.FAILED


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


def _show(validation: Validation, output: str, *, strict: bool, pedantic: bool) -> None:
    judged = validation.judged
    match output:
        case "json":
            records = [
                as_text(hidden_document(record), "jsonl") for record in validation_documents(validation)
            ]
            click.echo("[" + ",\n ".join(records) + "]")
        case "sarif":
            from importlib.metadata import version

            show_document(sarif(judged, version("podwright")), "json")
        case "junit":
            click.echo(junit(judged, strict=strict), nl=False)
        case "github":
            show_lines(github_annotations(judged, pedantic=pedantic))
        case _:
            show_table(finding_rows(validation, pedantic=pedantic))
            if os.environ.get("GITHUB_ACTIONS") == "true":
                show_lines(github_annotations(judged, pedantic=pedantic))
    if output == "table":
        say(validation_summary(validation), err=True)
