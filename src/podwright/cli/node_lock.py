"""`podwright node lock`: list, and break."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import click

from podwright.cli.app import App
from podwright.cli.node_report import ListOptions, show_node_report
from podwright.cli.options import Argument, Option, options
from podwright.cli.run_options import DEFAULT_FORKS, Forks, Limit, Output
from podwright.cli.site_options import Site
from podwright.errors import UsageError
from podwright.operations.locks import NodeLock, break_lock, show_locks
from podwright.operations.report import Report
from podwright.reports.locks import lock_names, lock_rows, locks_document


@click.group()
def group() -> None:
    """Show and break the locks that keep two runs apart."""


@dataclass(frozen=True, slots=True)
class BreakOptions:
    """What `node lock break` takes."""

    site: Site
    ids: Annotated[tuple[str, ...], Argument("ID", required=True)]
    reason: Annotated[
        str,
        Option("--reason", "Why the run that holds it will not end by itself; it is told.", metavar="TEXT"),
    ] = ""
    limit: Limit = ()
    forks: Forks = DEFAULT_FORKS
    output: Output = "table"


@group.command("list")
@options(ListOptions)
def list_(given: ListOptions) -> int:
    """Show who holds each node's lock: for what, since when and until when. Only reads."""
    app = App(given.site)
    nodes = app.chosen(given.limit)
    with app.world() as world:
        report = show_locks(nodes, world, forks=given.forks)
    return _show(report, given.output)


@group.command("break")
@options(BreakOptions)
def break_(given: BreakOptions) -> int:
    """Break the lock ID of a run that is known to be dead. The run, if it is not, writes nothing more and is told why."""
    if len(given.ids) != 1 or not given.reason.strip():
        raise UsageError(
            "a lock is broken by its id, one at a time and for a reason",
            hint="`podwright node lock list` shows ids; say why with `--reason TEXT`",
        )
    app = App(given.site)
    nodes = app.chosen(given.limit)
    with app.world() as world:
        report = break_lock(nodes, world, given.ids[0], " ".join(given.reason.split()), forks=given.forks)
    return _show(report, given.output)


def _show(report: Report[NodeLock], output: str) -> int:
    return show_node_report(report, output, document=locks_document, names=lock_names, rows=lock_rows)
