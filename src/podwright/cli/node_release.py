"""`podwright node release`: give back the files that `node provision` wrote."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import click

from podwright.cli.app import App
from podwright.cli.console import warn
from podwright.cli.options import Argument, Option, options
from podwright.cli.run_options import (
    DEFAULT_FORKS,
    ConvergeOptions,
    Diff,
    Forks,
    Limit,
    Output,
    Yes,
    converge_options,
)
from podwright.cli.site_options import Site
from podwright.inventory.variables import NODE
from podwright.problem import Problem

if TYPE_CHECKING:
    from podwright.operations.report import Convergence, Report


@dataclass(frozen=True, slots=True)
class ReleaseOptions:
    """What `node release` takes."""

    site: Site
    paths: Annotated[tuple[str, ...], Argument("PATH...", required=True)]
    limit: Limit = ()
    yes: Yes = False
    dry_run: Annotated[bool, Option("--dry-run --check", "Observe and plan, change nothing.")] = False
    diff: Diff = False
    forks: Forks = DEFAULT_FORKS
    output: Output = "table"

    @property
    def run(self) -> ConvergeOptions:
        return converge_options(self, wait_for="file")


@click.command("release")
@options(ReleaseOptions)
def command(given: ReleaseOptions) -> int:
    """Remove the files PATH... that `node provision` wrote; what it took over there comes back as it was.

    Take them out of `podwright_node` first, or the next `node provision` writes them again.
    """
    from podwright.cli.converge_output import run_converge
    from podwright.operations.provision import released
    from podwright.operations.provision_declarations import NodeSite

    app = App(given.site)
    inventory, nodes = app.chosen_of_inventory(given.limit)
    for path in NodeSite(inventory, app.templates).declared_of(nodes, given.paths):
        warn(f"`{path}` is still declared in `{NODE}`: the next `podwright node provision` writes it again")
    return run_converge(
        "NodeReleaseReport",
        app,
        released(nodes, given.paths),
        given.run,
        failing=lambda report: _nowhere(given.paths, report),
    )


def _nowhere(paths: tuple[str, ...], report: Report[Convergence]) -> Iterator[Problem]:
    """A misspelt path would look like success; a node that failed may have it."""
    found = {
        change.name
        for one in report.nodes
        if one.value.plan
        for change in one.value.plan.changes
        if change.pending
    }
    for path in paths if not any(one.failed for one in report.nodes) else ():
        if path not in found:
            yield Problem(f"no chosen node has `{path}` as a file of podwright's", _WRITE)


_WRITE = (
    "name a file that the inventory declared, or that a warning of `podwright node provision --dry-run` names"
)
