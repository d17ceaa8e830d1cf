"""`podwright drift`: check."""

from __future__ import annotations

import click

from podwright.cli.app import advise_of_no_pods, app_of, chosen
from podwright.cli.bug_log import show_bug_traces
from podwright.cli.console import JsonLines, counted, note, progress, show_document
from podwright.cli.failures import show_problems
from podwright.cli.run_options import (
    forks_option,
    limit_option,
    only_option,
    option,
    output_option,
    wait_for_option,
)
from podwright.cli.site_options import site_options, taken_from
from podwright.errors import ExitCode
from podwright.operations.drift import DriftReport, NodeDrift, check_drift
from podwright.operations.world import Settings
from podwright.plan.health import WaitFor
from podwright.reports.documents import drift_document
from podwright.text import printable


@click.group()
def group() -> None:
    """Find what on the nodes is not as the inventory says."""


@group.command("check")
@limit_option
@only_option
@wait_for_option
@option("-q", "--quiet", is_flag=True, help="Print nothing when clean; findings and failures only.")
@forks_option
@output_option
@site_options()
@click.pass_context
def check(ctx: click.Context, /, **options: object) -> int:
    """Compare what should run with what does; reads only, made for cron.

    Prints one line a finding: NODE: KIND: FILE OR POD: DETAIL. Exits 0 clean, 3 drift found, 4 no drift seen but
    some node or witness could not be checked, 1 failed, 2 usage. --wait-for says which witnesses are held to it.
    """
    own = taken_from(ctx, options)
    limit, only, wait_for = own["limit"], own["only"], own["wait_for"]
    settings = Settings(wait_for=WaitFor(str(wait_for)) if wait_for else None, forks=int(str(own["forks"])))
    app = app_of(ctx)
    site = app.site()
    nodes = chosen(site.inventory, limit if isinstance(limit, str) else None)
    advise_of_no_pods(nodes)
    desired, lines = site.desired(nodes, only if isinstance(only, tuple) else ()), JsonLines()
    with app.world() as world, progress(len(desired), "drift check") as bar:

        def done(node: NodeDrift) -> None:
            bar.step(node.node)
            if own["output"] == "jsonl":
                lines.show(drift_document(DriftReport((node,))))

        report = check_drift(desired, world, settings, progress=done)
        interrupted = world.interruption()
    _show(report, str(own["output"]), quiet=bool(own["quiet"]))
    lines.end()
    return ExitCode.INTERRUPTED if interrupted else report.exit_code()


def _show(report: DriftReport, output: str, *, quiet: bool) -> None:
    document = drift_document(report)
    match output:
        case "json" | "yaml":
            show_document(document, output)
        case "jsonl":
            pass  # each line was printed when its node was done
        case "name":
            for subject in dict.fromkeys(f"{finding.node}/{finding.subject}" for finding in report.findings):
                click.echo(printable(subject))
        case _:
            for finding in report.findings:
                click.echo(printable(str(finding)))
    show_problems(report.unchecked)
    if not quiet:
        for text in report.notes:
            note(text)
        click.echo(_summary(report), err=True)
    traces = [node.trace for node in report.nodes if node.trace]
    if traces:
        show_bug_traces(traces)


def _summary(report: DriftReport) -> str:
    unchecked = sum(bool(node.unchecked) for node in report.nodes)
    parts = [counted(len(report.nodes), "node"), counted(len(report.findings), "finding")]
    if unchecked:
        parts.append(f"{unchecked} not fully checked")
    return ", ".join(parts)
