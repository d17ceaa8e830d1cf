"""`podwright rollout`: how far an earlier run came, and what becomes of it, from any controller."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Annotated

import click

from podwright.cli.app import App
from podwright.cli.console import show_document, show_lines, show_table
from podwright.cli.diagnostics import show_remarks
from podwright.cli.earlier_runs import limit_of, recorded_run
from podwright.cli.manifest_push import PushOptions, push
from podwright.cli.options import Argument, Option, options
from podwright.cli.run_options import (
    DEFAULT_FORKS,
    ConvergeOptions,
    Diff,
    Forks,
    Limit,
    Message,
    Only,
    Output,
    Patience,
    ProofOptions,
    Yes,
    converge_options,
)
from podwright.cli.site_options import Site
from podwright.exit_codes import ExitCode
from podwright.inventory.counts_and_percentages import Amount

RunId = Annotated[str, Argument("RUN", required=True)]


@click.group()
def group() -> None:
    """Show how far a run came on its nodes; go on with it, abort it or take it back."""


@dataclass(frozen=True, slots=True)
class StatusOptions:
    """What `rollout status` and `rollout abort` take."""

    site: Site
    run_id: RunId
    limit: Limit = ()
    forks: Forks = DEFAULT_FORKS
    output: Output = "table"


@group.command("status")
@options(StatusOptions)
def status(given: StatusOptions) -> int:
    """Show how far the run RUN came, from the nodes' own histories.

    On a node that was not reached the run wrote nothing: it failed before, was stopped, or had nothing to change there.
    """
    return _show(given, abort=False)


@group.command("abort")
@options(StatusOptions)
def abort(given: StatusOptions) -> int:
    """Record on the nodes that no controller is to go on with the run RUN.

    A controller that carries it out begins no further batch; `rollout resume` refuses it. What is done stays:
    `rollout revert` takes it back.
    """
    return _show(given, abort=True)


def _show(given: StatusOptions, *, abort: bool) -> int:
    from podwright.operations.run_progress import show_run
    from podwright.reports.rollout import rollout_document, rollout_names, rollout_rows, rollout_summary

    recorded = recorded_run(given.run_id)
    run = recorded.started.run if recorded else given.run_id
    app = App(given.site)
    nodes = app.chosen(given.limit or (limit_of(recorded.started.nodes) if recorded else ()))
    with app.world() as world:
        report = show_run(nodes, run, world, forks=given.forks, abort=abort)
    redact = app.redactor().message
    match given.output:
        case "json" | "yaml" | "jsonl":
            show_document(rollout_document(report, run, redact), given.output)
        case "name":
            show_lines(rollout_names(report))
        case _:
            show_table(rollout_rows(report, redact))
    show_remarks(report, rollout_summary(report) if given.output == "table" else "")
    return ExitCode.FAILED if report.problems else ExitCode.DONE


@dataclass(frozen=True, slots=True)
class ResumeOptions:
    """What `rollout resume` takes."""

    site: Site
    run_id: RunId
    limit: Limit = ()
    only: Only = ()
    run: ConvergeOptions = field(default_factory=ConvergeOptions)


@group.command("resume")
@options(ResumeOptions)
def resume(given: ResumeOptions) -> int:
    """Go on with the push RUN: the same as `manifest push --resume RUN`.

    What is done is proven again and not written; give the options of the run that are to count again.
    """
    return push(PushOptions(given.site, given.limit, given.only, given.run_id, run=given.run))


@dataclass(frozen=True, slots=True)
class RevertOptions:
    """What `rollout revert` takes."""

    site: Site
    run_id: RunId
    limit: Limit = ()
    message: Message = ""
    yes: Yes = False
    dry_run: Annotated[bool, Option("--dry-run --check", "Observe and plan, write nothing.")] = False
    diff: Diff = False
    patience: Patience = None
    proof: ProofOptions = field(default_factory=ProofOptions)


@group.command("revert")
@options(RevertOptions)
def revert(given: RevertOptions) -> int:
    """Take back what the run RUN wrote: each file as it was before the run, proven, one node at a time.

    What was written last goes back first. A file that another run wrote since is a problem of its node.
    """
    from podwright.cli.converge_output import run_converge
    from podwright.operations.desired import Desired, Withdraw

    recorded = recorded_run(given.run_id)
    run = recorded.started.run if recorded else given.run_id
    app = App(given.site)
    nodes = app.chosen(given.limit or (limit_of(recorded.started.nodes) if recorded else ()))
    removed = recorded.removed if recorded else {}
    desired = tuple(Desired(node, from_node=Withdraw(run, removed.get(node.name, ()))) for node in nodes)
    way = given.proof.rollout
    singly = replace(way, batch=way.batch or (Amount(1),), canary=way.canary or "0", soak=way.soak or 0.0)
    shown = converge_options(given, replace(given.proof, rollout=singly))
    return run_converge("RollbackReport", app, desired, shown)
