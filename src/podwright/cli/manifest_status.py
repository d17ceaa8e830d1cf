"""`podwright manifest status`: what each node's folder holds and what runs of it."""

from __future__ import annotations

import click

from podwright.cli.app import app_of, chosen
from podwright.cli.bug_log import show_bug_traces
from podwright.cli.console import JsonLines, progress, show_document, show_table
from podwright.cli.failures import show_problems, show_warnings
from podwright.cli.run_options import forks_option, limit_option, output_option
from podwright.cli.site_options import site_options, taken_from
from podwright.errors import ExitCode
from podwright.operations.status import NodeStatus, show_status
from podwright.reports.documents import status_document


@click.command("status")
@limit_option
@forks_option
@output_option
@site_options()
@click.pass_context
def command(ctx: click.Context, /, **options: object) -> int:
    """Show each node's manifests, their pods and mirror pods.

    Every file of the folder that the kubelet reads is shown, whoever wrote it. Exits 1 when a node could not be asked.
    """
    own = taken_from(ctx, options)
    output, forks, limit = str(own["output"]), int(str(own["forks"])), own["limit"]
    app = app_of(ctx)
    nodes = chosen(app.inventory(), limit if isinstance(limit, str) else None)
    with app.world() as world, progress(len(nodes), "status") as bar:
        shown = show_status(nodes, world, forks=forks, progress=lambda node: bar.step(node.node))
        interrupted = world.interruption()
    _show(shown, output)
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
            for node in nodes:
                for pod in node.pods:
                    click.echo(f"{node.node}/{pod.file}")
        case _:
            rows = [
                (pod.node, pod.file, pod.pod, pod.owner, pod.sandbox, pod.mirror)
                for node in nodes
                for pod in node.pods
            ]
            show_table(("NODE", "FILE", "POD", "WRITTEN BY", "SANDBOX", "MIRROR"), rows)
    show_warnings((node.node, node.warnings) for node in nodes)
    show_problems(problem for node in nodes for problem in node.problems)
    traces = [node.trace for node in nodes if node.trace]
    if traces:
        show_bug_traces(traces)
