"""What push and remove show: the plan and its question, progress, the table of outcomes, every problem."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from podwright.cli.app import App
from podwright.cli.bug_log import show_bug_traces
from podwright.cli.colour import style
from podwright.cli.console import (
    JsonLines,
    can_ask,
    confirm,
    note,
    progress,
    show_diff,
    show_document,
    show_table,
    warn,
)
from podwright.cli.failures import show_problems, show_warnings
from podwright.cli.run_options import ConvergeOptions
from podwright.errors import ExitCode, ProblemsError, UsageError
from podwright.operations.push import converge_fleet
from podwright.operations.report import Outcome, Report, Status
from podwright.operations.world import Settings
from podwright.plan.changes import Action, Change
from podwright.plan.diff import secret_values, unified_diff
from podwright.plan.health import WaitFor
from podwright.problem import Problem
from podwright.reports.documents import report_document

if TYPE_CHECKING:
    from podwright.operations.desired import Desired


def run_converge(kind: str, app: App, desired: tuple[Desired, ...], shown: ConvergeOptions) -> int:
    """Run push or remove and show what came of it; returns the exit code. Raises UsageError, DeclinedError."""
    if shown.exit_code and not shown.dry_run:
        raise UsageError(
            "`--exit-code` says whether changes are pending, so it needs `--dry-run`",
            hint="add `--dry-run`, or leave `--exit-code` out to make the changes",
        )
    asks = not shown.yes and not shown.dry_run
    if asks and not can_ask():
        raise UsageError(
            "there is no terminal to ask on", hint="give -y to go ahead, or --dry-run to see the plan"
        )
    _advise(desired, strict=shown.strict)
    secrets, lines = _secrets(desired) if shown.diff else (), JsonLines()
    with app.world() as world, progress(len(desired), kind.removesuffix("Report").lower()) as bar:

        def done(outcome: Outcome) -> None:
            bar.step(outcome.node)
            if shown.output == "jsonl":
                lines.show(report_document(Report(kind, (outcome,))))

        def agreed(plans: tuple[Outcome, ...]) -> bool:
            with bar.pause():
                _show_plan(plans, secrets if shown.diff else None)
                return confirm("go ahead?")

        report = converge_fleet(
            kind,
            desired,
            world,
            _settings(shown),
            dry_run=shown.dry_run,
            confirm=agreed if asks else None,
            progress=done,
        )
        interrupted = world.interruption()
    if shown.diff and not asks:
        # beside a document or names a diff is talk: standard output stays what was asked for
        _show_diffs(report.outcomes, secrets, err=shown.output not in ("table", "diff"))
    _show_report(report, shown)
    lines.end()
    code = report.exit_code(pending_is_drift=shown.exit_code)
    return ExitCode.INTERRUPTED if interrupted else code


def _settings(given: ConvergeOptions) -> Settings:
    return Settings(
        wait_for=WaitFor(given.wait_for) if given.wait_for else None,
        timeout=given.timeout,
        hold=given.hold,
        adopt=given.adopt,
        forks=given.forks,
    )


def _secrets(desired: Iterable[Desired]) -> tuple[str, ...]:
    """Nodes of one group share their secrets, so each is kept once."""
    return tuple({text: None for one in desired for text in secret_values(one.node.variables)})


def _advise(desired: Iterable[Desired], *, strict: bool) -> None:
    """Each warning of the manifests' judge once, with how many nodes it is about; with `strict`, as ProblemsError."""
    nodes: dict[str, int] = {}
    for one in desired:
        for manifest in one.manifests:
            for finding in manifest.advice:
                text = f"{manifest.file_name}: {finding.message} [{finding.rule}]"
                nodes[text] = nodes.get(text, 0) + 1
    told = [text if count == 1 else f"{text} (on {count} nodes)" for text, count in nodes.items()]
    if strict and told:
        hint = "docs/rules.md says why each matters, and how to silence one with a reason"
        raise ProblemsError(Problem(text, hint) for text in told)
    for text in told:
        warn(text)


def _show_plan(plans: tuple[Outcome, ...], secrets: tuple[str, ...] | None) -> None:
    """On standard error: it is part of the question, not the answer."""
    changes = [(outcome.node, change) for outcome in plans if outcome.plan for change in outcome.plan.changes]
    rows = [
        (node, str(change.action), change.file_name, _why(change))
        for node, change in changes
        if change.action is not Action.KEEP
    ]
    show_table(("NODE", "ACTION", "FILE", "DETAIL"), rows, err=True)
    if secrets is not None:
        _show_diffs(plans, secrets, err=True)
    show_problems(problem for outcome in plans for problem in outcome.problems)
    actions = [change.action for _, change in changes]
    shown = (Action.CREATE, Action.UPDATE, Action.DELETE, Action.KEEP)
    click.echo("\n" + ", ".join(f"{actions.count(action)} to {action}" for action in shown) + "\n", err=True)


def _why(change: Change) -> str:
    restarts = change.action is Action.UPDATE and not change.restarts
    return f"{change.reason}; no restart" if restarts else change.reason


def _show_diffs(outcomes: Iterable[Outcome], secrets: tuple[str, ...], *, err: bool = False) -> None:
    for outcome in outcomes:
        for change in outcome.plan.changes if outcome.plan else ():
            text = unified_diff(change, secrets)
            if text:
                click.echo(style(f"# {outcome.node}", bold=True), err=err)
                show_diff(text, err=err)


def _show_report(report: Report, shown: ConvergeOptions) -> None:
    match shown.output:
        case "json" | "yaml":
            show_document(report_document(report), shown.output)
        case "name":
            for line in _names(report.outcomes):
                click.echo(line)
        case "table":
            show_table(
                ("NODE", "STATUS", "CHANGES", "PROOF", "SECONDS"), [_row(entry) for entry in report.outcomes]
            )
    show_warnings((outcome.node, outcome.warnings) for outcome in report.outcomes)
    show_problems(problem for outcome in report.outcomes for problem in outcome.problems)
    for text in report.notes:
        note(text)
    if shown.output == "table":
        click.echo(_summary(report), err=True)
    traces = [outcome.trace for outcome in report.outcomes if outcome.trace]
    if traces:
        show_bug_traces(traces)


def _names(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """`NODE/FILE` of everything that was, or in a dry run would be, changed."""
    for outcome in outcomes:
        if outcome.status is Status.PENDING and outcome.plan:
            yield from (f"{outcome.node}/{change.file_name}" for change in outcome.plan.writes)
        else:
            yield from dict.fromkeys(f"{outcome.node}/{entry.file_name}" for entry in outcome.applied)


def _row(outcome: Outcome) -> tuple[str, ...]:
    return (
        outcome.node,
        str(outcome.status),
        _changes(outcome),
        _proof(outcome),
        f"{outcome.seconds:.1f}" if outcome.seconds else "-",
    )


def _changes(outcome: Outcome) -> str:
    if outcome.plan is None:
        return "-"
    if outcome.status is Status.PENDING:
        return ", ".join(f"{change.action} {change.file_name}" for change in outcome.plan.writes)
    words = {"written": "wrote", "deleted": "deleted", "second": "second write of"}
    return (
        ", ".join(
            f"{words[entry.what]} {entry.file_name}" for entry in outcome.applied if entry.what != "second"
        )
        or "-"
    )


def _proof(outcome: Outcome) -> str:
    """Which witnesses agree, and how long an update left nothing running."""
    proven = [health for health in outcome.healths if health.proven]
    if not outcome.healths:
        return "-"
    spoke = [entry.name for entry in proven[0].witnesses if entry.says == "yes"] if proven else []
    text = (
        f"{len(proven)}/{len(outcome.healths)} by {', '.join(spoke)}"
        if proven
        else f"0/{len(outcome.healths)}"
    )
    gaps = [f"nothing ran for {gap.seconds:.1f} s" for gap in outcome.gaps]
    return "; ".join((text, *gaps))


def _summary(report: Report) -> str:
    counts = ((status, report.count(status)) for status in Status)
    return ", ".join(f"{count} {status}" for status, count in counts if count)
