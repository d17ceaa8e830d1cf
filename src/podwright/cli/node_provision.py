"""`podwright node provision`: bring the nodes themselves to what the inventory declares."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

import click

from podwright.cli.app import App
from podwright.cli.console import warn
from podwright.cli.options import Option, options
from podwright.cli.run_options import (
    DEFAULT_FORKS,
    BreakLock,
    ConvergeOptions,
    Diff,
    Executor,
    Forks,
    Limit,
    Output,
    RolloutOptions,
    Scheduler,
    WaitLock,
    Yes,
    converge_options,
)
from podwright.cli.site_options import Site
from podwright.inventory.rollout_settings import OnFailure


@dataclass(frozen=True, slots=True)
class NodeRollout(RolloutOptions):
    """No pods are watched between batches, and a node takes back its own changes alone."""

    soak: float | None = field(default=None, init=False)
    on_failure: Annotated[
        str | None,
        Option(
            "--on-failure",
            "Once too many nodes failed: ask, or go no further.  [default: stop]",
            type=click.Choice([OnFailure.PAUSE.value, OnFailure.STOP.value]),
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class ProvisionOptions:
    """What `node provision` takes."""

    site: Site
    limit: Limit = ()
    yes: Yes = False
    dry_run: Annotated[bool, Option("--dry-run --check", "Observe and plan, change nothing.")] = False
    diff: Diff = False
    exit_code: Annotated[bool, Option("--exit-code", "With --dry-run: exit 3 when changes are pending.")] = (
        False
    )
    adopt: Annotated[
        bool, Option("--adopt", "Take over files that podwright did not write; the originals are kept.")
    ] = False
    break_lock: BreakLock = ""
    wait_lock: WaitLock = 0.0
    forks: Forks = DEFAULT_FORKS
    executor: Executor = "threads"
    scheduler: Scheduler = ""
    rollout: NodeRollout = NodeRollout()
    output: Output = "table"

    @property
    def run(self) -> ConvergeOptions:
        return converge_options(self, wait_for="file")


@click.command("provision")
@options(ProvisionOptions)
def command(given: ProvisionOptions) -> int:
    """Bring nodes to what `podwright_node` declares: packages, users, files, kernel, services, time, kubelet.

    Observes all chosen nodes, shows the plan and asks (-y goes ahead); changes on each node all that differs, in order,
    and observes it again. If a step fails, the node takes back what was done before it. What is as declared is not touched.
    """
    from podwright.cli.converge_output import run_converge
    from podwright.operations.provision_declarations import NodeSite

    app = App(given.site)
    inventory, nodes = app.chosen_of_inventory(given.limit)
    desired = NodeSite(inventory, app.templates).desired(nodes)
    if not desired:
        warn(
            "no chosen node has `podwright_node`, so there is nothing to do; what podwright wrote there stays: with"
            " `podwright_node: {}` this command names its files, and `podwright node release` gives them back"
        )
    return run_converge("ProvisionReport", app, desired, given.run)
