"""`podwright manifest push`: observe all chosen nodes, show the plan, ask, apply, verify, report."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import click

from podwright.cli.app import App
from podwright.cli.options import Option, options
from podwright.cli.run_options import ConvergeOptions, Limit, Only
from podwright.cli.site_options import Site
from podwright.errors import UsageError

if TYPE_CHECKING:
    from podwright.operations.report import Convergence, Report
    from podwright.plan.run import Run


@dataclass(frozen=True, slots=True)
class PushOptions:
    """What `manifest push` takes."""

    site: Site
    limit: Limit = ()
    only: Only = ()
    resume: Annotated[
        str,
        Option("--resume", "Go on with this run, by its id, from whatever controller.", metavar="RUN"),
    ] = ""
    plan_out: Annotated[
        Path | None, Option("--plan-out", "Write nothing to nodes; save the plan to this file.")
    ] = None
    plan: Annotated[
        Path | None, Option("--plan", "Do what this saved plan says; a node of which it is stale is refused.")
    ] = None
    run: ConvergeOptions = ConvergeOptions()  # noqa: RUF009 - frozen


@click.command("push")
@options(PushOptions)
def command(given: PushOptions) -> int:
    """Put manifests on nodes and prove that their pods run.

    Renders and validates everything for every chosen node first; observes the nodes; shows the plan and asks (-y goes
    ahead); writes each changed file whole, in one rename; then waits until file, sandbox and mirror pod all belong to this
    manifest. Equal content is not written again.
    """
    return push(given)


def push(given: PushOptions) -> int:
    """From the options to the exit code."""
    from podwright.cli.converge_output import run_converge

    _check(given)
    resumes, saved, limit = None, None, given.limit
    if given.resume:
        from podwright.cli.earlier_runs import resumption

        resumes, limit = resumption(given.resume, limit)
    if given.plan:
        from podwright.state.saved_plans import read_plan

        saved = read_plan(given.plan)
        limit = limit or (",".join(one.node for one in saved.nodes),)
    app = App(given.site)
    site, nodes = app.chosen_site(limit)
    desired = site.desired(nodes, given.only)
    if given.plan_out is None:
        return run_converge("PushReport", app, desired, given.run, resumes=resumes, saved=saved)
    run, keep = replace(given.run, dry_run=True), partial(_keep_plan, given.plan_out)
    return run_converge("PushReport", app, desired, run, resumes=resumes, saved=saved, keep=keep)


def _keep_plan(path: Path, report: Report[Convergence], run: Run) -> None:
    """Of the nodes that could be planned for, and may be written to."""
    from podwright.cli.report_files import told
    from podwright.plan.saved_plan import SavedPlan, as_saved
    from podwright.state.saved_plans import write_plan

    plans = (outcome.value.plan for outcome in report.nodes if not outcome.failed)
    with told(path, "the plan"):
        write_plan(path, SavedPlan(run.who, run.since, tuple(as_saved(plan) for plan in plans if plan)))


def _check(given: PushOptions) -> None:
    """What is known before anything is read."""
    if given.run.prune and given.only:
        raise UsageError(
            "`--prune` needs to know everything that a node should have, so it does not go with `--only`",
            hint="leave `--only` out, or remove one pod: `podwright manifest remove NAME`",
        )
    if given.run.prune_max and not given.run.prune:
        raise UsageError("`--prune-max` limits what `--prune` may remove", hint="add `--prune`")
