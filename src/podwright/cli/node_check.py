"""`podwright node check`."""

from __future__ import annotations

import time
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated

import click

from podwright.cli.app import DEFAULT_TEMPLATES, App
from podwright.cli.console import say, show_document
from podwright.cli.diagnostics import show_remarks
from podwright.cli.options import Option, options
from podwright.cli.progress import progress
from podwright.cli.redacted_output import hidden
from podwright.cli.run_options import DEFAULT_FORKS, Forks, Html, Limit
from podwright.cli.site_options import Site
from podwright.exit_codes import ExitCode
from podwright.operations.desired import Desired
from podwright.operations.node_check import NodeChecked, check_code, check_nodes
from podwright.plan.node_checks.check import Profile
from podwright.reports.node_checks import (
    CHECK_INDENT,
    check_lines,
    check_summary,
    checks_document,
    node_documents,
)

if TYPE_CHECKING:
    from podwright.operations.report import Report

FORMATS = ("table", "json", "yaml", "jsonl", "junit", "sarif")


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """What `node check` takes."""

    site: Site
    limit: Limit = ()
    profile: Annotated[
        tuple[str, ...],
        Option(
            "--profile",
            "What to check for; may be repeated.  [default: static-pods]",
            type=click.Choice([profile.value for profile in Profile]),
        ),
    ] = ()
    forks: Forks = DEFAULT_FORKS
    output: Annotated[
        str,
        Option("-o --output", "Output format.", type=click.Choice(FORMATS), prefix="PODWRIGHT_CHECK_"),
    ] = "table"
    html: Html = None


@click.command("check")
@options(CheckOptions)
def check(given: CheckOptions) -> int:
    """Check what stands between each node and a running static pod. Only reads, and needs no API.

    Says of everything that is not as it should be what was seen, why it matters, and what mends it. Exits 0 if nothing
    fails, 3 if something does, 4 if something that may fail could not be looked at, 1 failed, 2 usage.
    """
    app = App(given.site, reads_waivers=True)
    desired = _desired(app, given)
    profiles = [Profile(name) for name in given.profile] or [Profile.STATIC_PODS]
    with app.world() as world, progress(len(desired), "node check") as bar:
        report = check_nodes(
            desired,
            world,
            time.time,
            profiles=profiles,
            today=time.strftime("%Y-%m-%d"),
            forks=given.forks,
            processors=(bar,),
        )
        interrupted = world.interruption()
    _show(report, given.output, app.inventory_name)
    show_remarks(report, check_summary(report))
    if given.html and not interrupted:
        from podwright.cli.html_report import write_checks_page

        write_checks_page(given.html, report, app, profiles)
    return ExitCode.INTERRUPTED if interrupted else check_code(report)


def _desired(app: App, given: CheckOptions) -> tuple[Desired, ...]:
    """What each node should run, if there are templates: a node is checked before there are any too."""
    if given.site.templates or DEFAULT_TEMPLATES.is_dir():
        site, nodes = app.chosen_site(given.limit, bare=True)
        return site.desired(nodes)
    return tuple(Desired(node) for node in app.chosen(given.limit))


def _show(report: Report[NodeChecked], output: str, inventory: str) -> None:
    match output:
        case "json" | "yaml":
            show_document(checks_document(report), output)
        case "jsonl":
            for document in node_documents(report):
                show_document(document, "jsonl")
        case "junit":
            from podwright.reports.junit import checks_junit

            click.echo(hidden(checks_junit(report)), nl=False)
        case "sarif":
            from podwright.reports.sarif import checks_sarif

            show_document(checks_sarif(report, version("podwright"), inventory), "json")
        case _:
            for line in check_lines(report):
                say(line, indent=CHECK_INDENT)
