"""`podwright manifest logs`: what a static pod's containers printed, from each node's runtime."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import click

from podwright.cli.app import App
from podwright.cli.completion import pods
from podwright.cli.console import show_lines
from podwright.cli.diagnostics import show_remarks
from podwright.cli.options import Argument, Option, options
from podwright.cli.redacted_output import hidden
from podwright.cli.run_options import DEFAULT_FORKS, Forks, Limit
from podwright.cli.site_options import Site
from podwright.errors import UsageError
from podwright.exit_codes import ExitCode
from podwright.manifests.workload import Workload
from podwright.operations.pod_logs import Line, LogOptions, follow_logs, read_logs
from podwright.remote.node.logs import Wanted
from podwright.text import printable


@dataclass(frozen=True, slots=True)
class LogsOptions:
    """What `manifest logs` takes."""

    site: Site
    names: Annotated[tuple[str, ...], Argument("NAME", required=True, complete=pods)]
    limit: Limit = ()
    container: Annotated[str, Option("-c --container", "Only this container of the pod.")] = ""
    tail: Annotated[
        int, Option("--tail", "How many lines of each container; -1 shows all.", type=click.IntRange(-1))
    ] = 100
    previous: Annotated[
        bool, Option("-p --previous", "Of the container's life before this one: what it said when it ended.")
    ] = False
    follow: Annotated[bool, Option("--follow", "Go on with lines to come, until Ctrl-C.")] = False
    timestamps: Annotated[bool, Option("--timestamps", "Begin each line with its time.")] = False
    forks: Forks = DEFAULT_FORKS


@click.command("logs")
@options(LogsOptions)
def command(given: LogsOptions) -> int:
    """Show what the containers of the static pod NAME printed.

    Reads from each node's runtime, so it works with the API down and for pods without a mirror. Each line begins with its
    node and container. There is no `exec`: a change that is made by hand inside a container is gone with it.
    """
    if len(given.names) > 1:
        raise UsageError("one pod at a time", "run it once for each")
    app = App(given.site)
    nodes = app.chosen(given.limit)
    # warns of secrets that cannot be hidden in what pods printed
    app.redactor()
    wanted = Wanted(None if given.tail < 0 else given.tail, given.previous, given.follow, given.timestamps)
    asked = LogOptions(Workload(given.names[0]).file_name, given.container, wanted)
    with app.world() as world:
        if given.follow:
            report = follow_logs(nodes, world, asked, _show)
        else:
            report = read_logs(nodes, world, asked, forks=given.forks)
            for result in report.nodes:
                for line in result.value:
                    _show(line)
        interrupted = world.interruption()
    show_remarks(report)
    if interrupted:
        return ExitCode.INTERRUPTED
    return ExitCode.FAILED if report.problems else ExitCode.DONE


def _show(line: Line) -> None:
    show_lines([printable(hidden(f"{line.node} {line.container}: {line.text}"))])
