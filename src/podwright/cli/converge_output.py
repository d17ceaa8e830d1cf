"""What push and remove show: the plan and its question, progress, the table of outcomes, every problem."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from podwright.cli.app import App
from podwright.cli.console import (
    JsonLines,
    can_ask,
    confirm,
    hint,
    show_document,
    show_lines,
    show_table,
    warn,
)
from podwright.cli.diagnostics import show_problems, show_remarks, show_warnings
from podwright.cli.executors import work_elsewhere
from podwright.cli.journaling import Recorder
from podwright.cli.progress import Progress, progress
from podwright.cli.run_options import ConvergeOptions, RolloutOptions
from podwright.errors import ProblemsError, UsageError
from podwright.exit_codes import ExitCode
from podwright.inventory.counts_and_percentages import Amount
from podwright.inventory.rollout_settings import OnFailure, Strategy
from podwright.operations.prepare import Prepared
from podwright.operations.push import converge_fleet
from podwright.operations.report import Convergence, Outcome, Report, Status, convergence_code
from podwright.operations.world import Settings
from podwright.plan.expectations import WaitFor
from podwright.plan.rollout_batches import Rollout, batches_of
from podwright.problem import Problem
from podwright.reports.documents import report_document
from podwright.reports.names import changed_names
from podwright.reports.run_rows import batch_lines, outcome_rows, plan_rows, plan_summary, report_summary

if TYPE_CHECKING:
    from podwright.operations.desired import Desired
    from podwright.plan.run import Resumption, Run
    from podwright.plan.saved_plan import SavedPlan
    from podwright.redaction.redactor import Redactor


def run_converge(
    kind: str,
    app: App,
    desired: tuple[Desired, ...],
    shown: ConvergeOptions,
    *,
    resumes: Resumption | None = None,
    saved: SavedPlan | None = None,
    keep: Callable[[Report[Convergence], Run], None] = lambda _report, _run: None,
    failing: Callable[[Report[Convergence]], Iterable[Problem]] = lambda _report: (),
) -> int:
    """Run push or remove and show what came of it; returns the exit code. Raises UsageError, DeclinedError.

    Goes on with the run `resumes`; its plan must equal `saved`; `keep` is given the report, with what `failing` finds in it.
    """
    asks = _asks(shown)
    _warn(desired, strict=shown.strict)
    redactor = app.redactor() if shown.diff else None
    settings = replace(_settings(shown, desired, app), resumes=resumes, saved=saved)
    lines = JsonLines[Outcome](lambda outcome: report_document(Report(kind, (outcome,))))
    with (
        app.world() as outside,
        progress(len(desired), _verb(kind), outside.waits, _node_of) as bar,
        work_elsewhere(shown.executor, shown.scheduler, shown.forks, app.site_options) as elsewhere,
    ):
        run = replace(outside.run, id=resumes.run) if resumes else outside.run
        journal = Recorder(run, (one.node.name for one in desired))
        questions = _Questions(bar, app.inventory_name, redactor, asks, shown.forks)
        report = converge_fleet(
            kind,
            desired,
            replace(outside, run=run),
            settings,
            dry_run=shown.dry_run,
            confirm=questions.go_ahead,
            go_on=questions.go_on,
            processors=(bar, *_records(shown, journal, lines)),
            elsewhere=elsewhere(run),
        )
        interrupted = outside.interruption()
    if not asks:
        _show_changes(report.nodes, shown, redactor)
    report = replace(report, failures=(*report.failures, *failing(report)))
    keep(report, run)
    _show_report(report, shown)
    code = ExitCode.INTERRUPTED if interrupted else convergence_code(report, pending_is_drift=shown.exit_code)
    journal.end(code)
    lines.end()
    _tell_how_to_repeat(run, report, shown, resumed=resumes is not None)
    return code


def _records(
    shown: ConvergeOptions, journal: Recorder, lines: JsonLines[Outcome]
) -> Iterator[Recorder | JsonLines[Outcome]]:
    if not shown.dry_run:
        yield journal
    if shown.output == "jsonl":
        yield lines


def _verb(kind: str) -> str:
    return kind.removesuffix("Report").lower()


def _asks(shown: ConvergeOptions) -> bool:
    """Whether a person is asked before anything is written. Raises UsageError."""
    if shown.exit_code and not shown.dry_run:
        raise UsageError(
            "`--exit-code` reports pending changes, so it needs `--dry-run`",
            hint="add `--dry-run`, or leave `--exit-code` out to make the changes",
        )
    return not shown.yes and not shown.dry_run


@dataclass(frozen=True, slots=True)
class _Questions:
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


def _node_of(task: object) -> str:
    """Of a plan; what is known of a node already needs no work."""
    return task.plan.node if isinstance(task, Prepared) else ""


_NEVER_WRITTEN = frozenset((Status.UNREACHABLE, Status.NOT_BEGUN))


def _tell_how_to_repeat(
    run: Run, report: Report[Convergence], shown: ConvergeOptions, *, resumed: bool
) -> None:
    """If some nodes of several failed, and the journal knows which."""
    failed = [outcome.status for outcome in report.nodes if outcome.failed]
    if failed and len(report.nodes) > 1 and not shown.dry_run:
        limits = " ".join(
            f"-l @{name}/{run.id}" if resumed else f"-l @{name}"
            for name, there in (
                ("failed", not _NEVER_WRITTEN.issuperset(failed)),
                ("unreached", bool(_NEVER_WRITTEN.intersection(failed))),
            )
            if there
        )
        command = f"{run.command} {run.id}" if run.command == "rollout resume" else run.command
        hint(
            f"`podwright {command} {limits}` repeats this on the nodes that failed, with the options you gave"
        )


def _strategy(given: RolloutOptions, desired: tuple[Desired, ...], app: App) -> Strategy:
    """What the options say. Raises UsageError for nodes and groups that are not there, or are not chosen."""
    canary = given.canary or ""
    named = app.matching(canary) if canary and not canary.isdecimal() else ()
    if named and {one.node.name for one in desired}.isdisjoint(named):
        raise UsageError(
            f"no chosen node is one of `--canary {canary}`", "name a node that -l leaves, or leave it out"
        )
    order = tuple(filter(None, (name.strip() for name in (given.order or "").split(","))))
    nodes = [one.node for one in desired]
    said = (
        *(node.settings.rollout for node in nodes),
        *(pod.settings.rollout for node in nodes for pod in node.static_pods),
    )
    names = (name for one in said if one for name in (*(one.canary or ()), *(one.order or ())))
    guards = (guard for node in nodes for guard in node.guards if guard.group)
    app.refuse_unknown((*order, *names, *(guard.group for guard in guards)))
    return Strategy(
        batch=given.batch,
        canary=named or None,
        canary_count=int(canary) if canary.isdecimal() else None,
        order=order or None,
        soak=given.soak,
        max_fail=Amount.read(given.max_fail) if given.max_fail else None,
        pause=given.pause,
        on_failure=OnFailure(given.on_failure) if given.on_failure else None,
    )


def _settings(given: ConvergeOptions, desired: tuple[Desired, ...], app: App) -> Settings:
    return Settings(
        wait_for=WaitFor(given.wait_for) if given.wait_for else None,
        timeout=given.timeout,
        hold=given.hold,
        without_api=app.without_api,
        patience=given.patience,
        adopt=given.adopt,
        allow_downgrade=given.allow_downgrade,
        prune=given.prune,
        prune_max=Amount.read(given.prune_max) if given.prune_max else None,
        break_lock=given.break_lock,
        strategy=_strategy(given.rollout, desired, app),
        all_at_once=given.rollout.all_at_once,
        accept_quorum_loss=given.rollout.accept_quorum_loss,
        site_nodes=app.all_nodes,
        wait_lock=given.wait_lock,
        why=" ".join(given.message.split()),
        rollback_on_failure=given.rollback_on_failure,
        remove_first=given.on_first_failure == "remove",
        retry=given.retry,
        confirm_within=given.confirm_within,
        forks=given.forks,
        dry_run=given.dry_run,
    )


def _warn(desired: Iterable[Desired], *, strict: bool) -> None:
    """Each warning about manifests once, with how many nodes it is about; with `strict`, as ProblemsError."""
    nodes: dict[str, int] = {}
    for one in desired:
        for manifest in one.manifests:
            for finding in manifest.advice:
                text = f"{manifest.file_name}: {finding.message} [{finding.rule}]"
                nodes[text] = nodes.get(text, 0) + 1
    warnings = [text if count == 1 else f"{text} (on {count} nodes)" for text, count in nodes.items()]
    if strict and warnings:
        hint = "docs/rules.md explains each rule, and how to silence one"
        raise ProblemsError(Problem(text, hint) for text in warnings)
    for text in warnings:
        warn(text)


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


def _show_changes(outcomes: Iterable[Outcome], shown: ConvergeOptions, redactor: Redactor | None) -> None:
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


def _show_report(report: Report[Convergence], shown: ConvergeOptions) -> None:
    match shown.output:
        case "json" | "yaml":
            show_document(report_document(report), shown.output)
        case "name":
            show_lines(changed_names(report.nodes))
        case "table":
            show_table(outcome_rows(report.nodes))
    show_remarks(report, report_summary(report) if shown.output == "table" else "")
