"""`podwright manifest status`: what each node's folder holds and what runs of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import click

from podwright.cli.app import App
from podwright.cli.console import JsonLines, note, show_document, show_lines, show_table, table_lines
from podwright.cli.diagnostics import show_remarks
from podwright.cli.options import Option, options
from podwright.cli.progress import progress
from podwright.cli.redacted_output import hidden
from podwright.cli.run_options import DEFAULT_FORKS, Forks, Html, Limit, Only, Output
from podwright.cli.site_options import Site
from podwright.errors import UsageError
from podwright.exit_codes import ExitCode
from podwright.inventory.node import Node
from podwright.operations.report import Report
from podwright.operations.status import NodeStatus, Shown, show_status
from podwright.operations.world import World
from podwright.reports.documents import status_document
from podwright.reports.names import status_names
from podwright.reports.status_rows import status_rows, with_problems
from podwright.text import printable


@dataclass(frozen=True, slots=True)
class StatusOptions:
    """What `manifest status` takes."""

    site: Site
    limit: Limit = ()
    only: Only = ()
    problems: Annotated[
        bool, Option("--problems", "Only what does not run as its file wants, or is not known to.")
    ] = False
    watch: Annotated[bool, Option("-w --watch", "Show it again every 2 s, on a terminal.")] = False
    forks: Forks = DEFAULT_FORKS
    html: Html = None
    output: Output = "table"


@click.command("status")
@options(StatusOptions)
def command(given: StatusOptions) -> int:
    """Show each node's manifests, their pods and mirror pods.

    Shows every file of the folder that the kubelet reads, whoever wrote it. GENERATION is how often podwright wrote it,
    and how long ago. Exits 1 when a node could not be checked.
    """
    app = App(given.site)
    nodes = app.chosen(given.limit)
    if given.only:
        from podwright.operations.desired import refuse_unknown  # only `--only` pays for it

        refuse_unknown(nodes, given.only)
    if given.watch:
        return _watch(given, app, nodes)
    with app.world() as world, progress(len(nodes), "status") as bar:
        lines = JsonLines[Shown](
            lambda one: status_document(_chosen(Report("ManifestStatus", (one,)), given, world))
        )
        report = show_status(
            nodes,
            world,
            forks=given.forks,
            only=given.only,
            processors=(bar, lines) if given.output == "jsonl" else (bar,),
        )
        interrupted = world.interruption()
        without_api = world.without_api
    report = _chosen(report, given, world)
    _show(report, given.output)
    lines.end()
    if interrupted:
        return ExitCode.INTERRUPTED
    if given.html:
        from podwright.cli.html_report import write_status_page

        write_status_page(given.html, report, app, without_api=without_api)
    return ExitCode.FAILED if report.problems else ExitCode.DONE


def _chosen(report: Report[NodeStatus], given: StatusOptions, world: World) -> Report[NodeStatus]:
    return with_problems(report, without_api=world.without_api) if given.problems else report


def _watch(given: StatusOptions, app: App, nodes: tuple[Node, ...]) -> int:
    from podwright.cli.status_watch import refuse_off_a_terminal, watch

    refuse_off_a_terminal()
    if given.html or given.output != "table":
        raise UsageError("`--watch` shows a table alone", "leave `-o` and `--html` out")

    with app.world() as world:

        def lines() -> Iterator[str]:
            report = show_status(nodes, world, forks=given.forks, only=given.only)
            report = _chosen(report, given, world)
            yield from table_lines(status_rows(report))
            yield from (printable(hidden(str(problem))) for problem in report.problems)

        watch(lines, world.interruption)
    return ExitCode.DONE


def _show(report: Report[NodeStatus], output: str) -> None:
    match output:
        case "json" | "yaml":
            show_document(status_document(report), output)
        case "name":
            show_lines(status_names(report))
        case "table" if report.nodes:
            show_table(status_rows(report))
        case "table":
            note("nothing has a problem")
    show_remarks(report)
