"""The plan of a run as a person sees it: its changes, its diff, its batches, and the questions on the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from podwright.cli.console import can_ask, confirm, show_lines, show_table
from podwright.cli.diagnostics import show_problems, show_warnings
from podwright.cli.progress import Progress
from podwright.cli.run_options import ConvergeOptions
from podwright.errors import UsageError
from podwright.operations.report import Outcome, Status
from podwright.plan.rollout_batches import Rollout, batches_of
from podwright.reports.run_rows import batch_lines, plan_rows, plan_summary

if TYPE_CHECKING:
    from podwright.redaction.redactor import Redactor


@dataclass(frozen=True, slots=True)
class Questions:
    """What a person is asked, while nothing moves on the screen."""

    bar: Progress
    inventory: str
    redactor: Redactor | None
    asks: bool
    forks: int

    def go_ahead(self, plans: tuple[Outcome, ...], rollout: Rollout) -> bool:
        """Of a run that changes something; no other asks. Raises UsageError."""
        pending = (outcome.node for outcome in plans if outcome.status is Status.PENDING)
        self.bar.planned(batches_of(pending, rollout), self.forks)
        if not self.asks:
            return True
        if not can_ask():
            raise UsageError(
                "there is no terminal to ask on", hint="give -y to go ahead, or --dry-run to see the plan"
            )
        with self.bar.pause():
            _show_plan(plans, rollout, self.redactor)
            return confirm(f"inventory `{self.inventory}`: go ahead?")

    def go_on(self, done: str) -> bool:
        with self.bar.pause():
            return can_ask() and confirm(f"{done}; go on?", left="no further node is begun")


def _show_plan(plans: tuple[Outcome, ...], rollout: Rollout, redactor: Redactor | None) -> None:
    """On standard error: it is part of the question, not the answer."""
    show_table(plan_rows(plans), err=True)
    if redactor:
        _show_diff(plans, redactor, err=True)
    show_warnings((outcome.node, outcome.warnings) for outcome in plans)
    show_problems(problem for outcome in plans for problem in outcome.problems)
    click.echo(f"\n{plan_summary(plans)}", err=True)
    show_lines(batch_lines(plans, rollout), err=True)
    click.echo(err=True)


def show_changes(outcomes: Iterable[Outcome], shown: ConvergeOptions, redactor: Redactor | None) -> None:
    """What each change of a dry run means, if there is any; and the diff that was asked for."""
    rows = plan_rows(outcomes) if shown.dry_run and shown.output == "table" else []
    if len(rows) > 1:
        show_table(rows)
        click.echo()
    if redactor:
        # beside a document or names a diff is talk: standard output stays what was asked for
        _show_diff(outcomes, redactor, err=shown.output not in ("table", "diff"))


def _show_diff(outcomes: Iterable[Outcome], redactor: Redactor, *, err: bool) -> None:
    from podwright.reports.diffs import diff_lines  # only `--diff` pays for it

    show_lines(diff_lines(outcomes, redactor), err=err)
