"""`podwright node hold`: add, list and release."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Annotated

import click

from podwright.cli.app import App
from podwright.cli.completion import limits
from podwright.cli.durations import Moment
from podwright.cli.node_report import ListOptions, show_node_report
from podwright.cli.options import Argument, Option, options
from podwright.cli.run_options import DEFAULT_FORKS, Forks, Only, Output
from podwright.cli.site_options import Site
from podwright.errors import UsageError
from podwright.operations.desired import refuse_unknown
from podwright.operations.holds import NodeHolds, add_holds, release_holds, show_holds
from podwright.operations.report import Report
from podwright.plan.holds import LONGEST_HOLD_SECONDS, Hold
from podwright.reports.holds import hold_names, hold_rows, holds_document


@click.group()
def group() -> None:
    """Keep nodes, or one of their static pods, from being changed for a while."""


Nodes = Annotated[tuple[str, ...], Argument("NODE...", required=True, complete=limits)]


@dataclass(frozen=True, slots=True)
class AddOptions:
    """What `node hold add` takes."""

    site: Site
    nodes: Nodes
    until: Annotated[
        float | None,
        Option(
            "--until",
            "When it ends by itself: `6h`, `7d`, `2026-12-01` (the end of that day), `2026-12-01T18:00`; within 30 days.",
            type=Moment(),
        ),
    ] = None
    reason: Annotated[str, Option("--reason", "Why; whoever is refused is told.", metavar="TEXT")] = ""
    only: Only = ()
    forks: Forks = DEFAULT_FORKS
    output: Output = "table"


@dataclass(frozen=True, slots=True)
class ReleaseOptions:
    """What `node hold release` takes."""

    site: Site
    nodes: Nodes
    only: Only = ()
    forks: Forks = DEFAULT_FORKS
    output: Output = "table"


@group.command("add")
@options(AddOptions)
def add(given: AddOptions) -> int:
    """Refuse whatever changes manifests of these nodes, or provisions them, until a time; with --only, of one static pod.

    The nodes keep it, so it counts for all who work on them. It ends by itself.
    """
    now = time.time()
    if given.until is None or not given.reason.strip():
        raise UsageError(
            "a hold has an end and a reason",
            hint="`podwright node hold add NODE --until 6h --reason TEXT`",
        )
    if not 0 < given.until - now <= LONGEST_HOLD_SECONDS:
        raise UsageError(
            "a hold ends within 30 days from now", hint="give another `--until`; it can be extended later"
        )
    app = App(given.site)
    nodes = app.chosen(given.nodes)
    refuse_unknown(nodes, given.only)
    with app.world() as world:
        who, until = world.run.who, int(given.until)
        holds = tuple(Hold(name, who, given.reason, int(now), until) for name in given.only or ("",))
        report = add_holds(nodes, world, holds, forks=given.forks)
    return _show(report, given.output)


@group.command("list")
@options(ListOptions)
def list_(given: ListOptions) -> int:
    """Show which nodes are held: by whom, since when, until when and why. Only reads."""
    app = App(given.site)
    nodes = app.chosen(given.limit)
    with app.world() as world:
        report = show_holds(nodes, world, forks=given.forks)
    return _show(report, given.output)


@group.command("release")
@options(ReleaseOptions)
def release(given: ReleaseOptions) -> int:
    """End all holds of these nodes before their time, whoever made them; with --only, those of these static pods."""
    app = App(given.site)
    nodes = app.chosen(given.nodes)
    with app.world() as world:
        report = release_holds(nodes, world, given.only, forks=given.forks)
    return _show(report, given.output)


def _show(report: Report[NodeHolds], output: str) -> int:
    return show_node_report(report, output, document=holds_document, names=hold_names, rows=hold_rows)
