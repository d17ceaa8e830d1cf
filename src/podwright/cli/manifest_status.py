"""`podwright manifest status`: what each node's folder holds and what runs of it."""

from __future__ import annotations

from dataclasses import dataclass

import click

from podwright.cli.app import App
from podwright.cli.bug_log import show_bug_traces
from podwright.cli.console import JsonLines, progress, show_document, show_lines, show_table
from podwright.cli.failures import show_problems, show_warnings
from podwright.cli.options import options
from podwright.cli.run_options import DEFAULT_FORKS, Forks, Limit, Output
from podwright.cli.site_options import Site
from podwright.errors import ExitCode
from podwright.operations.status import NodeStatus, show_status
from podwright.reports.documents import status_document
from podwright.reports.names import status_names
from podwright.reports.rows import status_rows


@dataclass(frozen=True, slots=True)
class StatusOptions:
    """What `manifest status` takes."""

    site: Site
    limit: Limit = ()
    forks: Forks = DEFAULT_FORKS
    output: Output = "table"


@click.command("status")
@options(StatusOptions)
def command(given: StatusOptions) -> int:
    """Show each node's manifests, their pods and mirror pods.

    Every file of the folder that the kubelet reads is shown, whoever wrote it. Exits 1 when a node could not be asked.
    """
    app = App(given.site)
    nodes = app.chosen(given.limit)
    with app.world() as world, progress(len(nodes), "status") as bar:
        shown = show_status(nodes, world, forks=given.forks, progress=lambda node: bar.step(node.node))
        interrupted = world.interruption()
    _show(shown, given.output)
    if interrupted:
        return ExitCode.INTERRUPTED
    return ExitCode.FAILED if any(node.problems for node in shown) else ExitCode.DONE


def _show(nodes: tuple[NodeStatus, ...], output: str) -> None:
    match output:
        case "json" | "yaml":
            show_document(status_document(nodes), output)
        case "jsonl":
            lines = JsonLines()
            for node in nodes:
                lines.show(status_document((node,)))
            lines.end()
        case "name":
            show_lines(status_names(nodes))
        case _:
            show_table(status_rows(nodes))
    show_warnings((node.node, node.warnings) for node in nodes)
    show_problems(problem for node in nodes for problem in node.problems)
    traces = [node.trace for node in nodes if node.trace]
    if traces:
        show_bug_traces(traces)
