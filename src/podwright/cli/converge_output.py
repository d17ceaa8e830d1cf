"""What push and remove show: progress, the table of outcomes, every problem; and how the run ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from podwright.cli.app import App
from podwright.cli.console import JsonLines, hint, show_document, show_lines, show_table, warn
from podwright.cli.converge_plan import Questions, show_changes
from podwright.cli.converge_settings import settings_of
from podwright.cli.diagnostics import show_remarks
from podwright.cli.executors import work_elsewhere
from podwright.cli.journaling import Recorder
from podwright.cli.progress import progress
from podwright.cli.run_options import ConvergeOptions
from podwright.errors import ProblemsError, UsageError
from podwright.exit_codes import ExitCode
from podwright.operations.prepare import Prepared
from podwright.operations.push import converge_fleet
from podwright.operations.report import Convergence, Outcome, Report, Status, convergence_code
from podwright.problem import Problem
from podwright.reports.documents import report_document
from podwright.reports.names import changed_names
from podwright.reports.run_rows import outcome_rows, report_summary

if TYPE_CHECKING:
    from podwright.operations.desired import Desired
    from podwright.plan.run import Resumption, Run
    from podwright.plan.saved_plan import SavedPlan


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
    settings = replace(settings_of(shown, desired, app), resumes=resumes, saved=saved)
    lines = JsonLines[Outcome](lambda outcome: report_document(Report(kind, (outcome,))))
    with (
        app.world() as outside,
        progress(len(desired), _verb(kind), outside.waits, _node_of) as bar,
        work_elsewhere(shown.executor, shown.scheduler, shown.forks, app.site_options) as elsewhere,
    ):
        run = replace(outside.run, id=resumes.run) if resumes else outside.run
        journal = Recorder(run, (one.node.name for one in desired))
        questions = Questions(bar, app.inventory_name, redactor, asks, shown.forks)
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
        show_changes(report.nodes, shown, redactor)
    report = replace(report, failures=(*report.failures, *failing(report)))
    keep(report, run)
    _show_report(report, shown)
    code = ExitCode.INTERRUPTED if interrupted else convergence_code(report, pending_is_drift=shown.exit_code)
    journal.end(code)
    lines.end()
    _tell_how_to_repeat(run, report, shown)
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


def _node_of(task: object) -> str:
    """Of a plan; what is known of a node already needs no work."""
    return task.plan.node if isinstance(task, Prepared) else ""


_NEVER_WRITTEN = frozenset((Status.UNREACHABLE, Status.NOT_BEGUN))


def _tell_how_to_repeat(run: Run, report: Report[Convergence], shown: ConvergeOptions) -> None:
    """If some nodes of several failed, and the journal knows which; the newest run may be one of another inventory."""
    failed = [outcome.status for outcome in report.nodes if outcome.failed]
    if failed and len(report.nodes) > 1 and not shown.dry_run:
        limits = " ".join(
            f"-l @{name}/{run.id}"
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


def _show_report(report: Report[Convergence], shown: ConvergeOptions) -> None:
    match shown.output:
        case "json" | "yaml":
            show_document(report_document(report), shown.output)
        case "name":
            show_lines(changed_names(report.nodes))
        case "table":
            show_table(outcome_rows(report.nodes))
    show_remarks(report, report_summary(report) if shown.output == "table" else "")
