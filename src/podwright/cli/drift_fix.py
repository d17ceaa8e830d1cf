"""`podwright drift fix`: checks, and pushes what ends the drift."""

from __future__ import annotations

import time
from dataclasses import dataclass

import click

from podwright.cli.app import App
from podwright.cli.console import note, say, show_talk, warn
from podwright.cli.diagnostics import show_remarks
from podwright.cli.drift_scope import DriftScope, Ignore
from podwright.cli.options import options
from podwright.cli.progress import progress
from podwright.cli.run_options import ConvergeOptions, Limit, Only
from podwright.cli.site_options import Site
from podwright.errors import UsageError
from podwright.exit_codes import ExitCode
from podwright.operations.drift import check_drift
from podwright.operations.drift_fix import Fix, fix_of
from podwright.plan.drift_excuses import Allowances
from podwright.reports.drift_lines import drift_lines
from podwright.reports.drift_remedies import remedies
from podwright.reports.run_rows import drift_summary
from podwright.text import printable


@dataclass(frozen=True, slots=True)
class FixOptions:
    """What `drift fix` takes."""

    site: Site
    limit: Limit = ()
    only: Only = ()
    ignore: Ignore = ()
    run: ConvergeOptions = ConvergeOptions()  # noqa: RUF009 - frozen

    @property
    def scope(self) -> DriftScope:
        return DriftScope(self.limit, self.only, self.run.wait_for, self.run.forks, self.ignore)


@click.command("fix")
@options(FixOptions)
def command(given: FixOptions) -> int:
    """Check for drift, and push what ends it.

    Shows what was found and the plan, and asks. Pushes the files alone that drifted; what is in flux, waived or ignored is
    left alone, and orphans are removed with --prune only. What it leaves is shown with what to do about it. Exits 0 if
    no drift is left, 3 if some is.
    """
    if given.run.prune and given.only:
        raise UsageError("`--prune` does not go with `--only`", "leave one of them out")
    app = App(given.site, reads_waivers=True)
    site, nodes = app.chosen_site(given.limit)
    desired = site.desired(nodes, given.only)
    with app.world() as world, progress(len(desired), "drift check") as bar:
        report = check_drift(
            desired,
            world,
            given.scope.settings,
            allowances=Allowances(time.strftime("%Y-%m-%d"), ignored=given.scope.ignored),
            whole=given.scope.whole,
            processors=(bar,),
        )
        interrupted = world.interruption()
    for line in drift_lines(report):
        say(line, err=True, indent=4)
    show_remarks(report, drift_summary(report))
    if interrupted:
        return ExitCode.INTERRUPTED
    fix = fix_of(report, desired, prune=given.run.prune)
    for text in fix.warnings:
        warn(text)
    code = _pushed(fix, app, given.run)
    if fix.left:
        note("`drift fix` leaves this:")
        for words, remedy in remedies(fix.left):
            say(f"{words}:", err=True, indent=4)
            # whole, however long it is: half of it would do something else if it were pasted
            show_talk(f"    {printable(remedy)}")
    left = ExitCode.DRIFT if fix.left else ExitCode.UNCHECKED if report.problems else ExitCode.DONE
    return code or left


def _pushed(fix: Fix, app: App, run: ConvergeOptions) -> int:
    if not fix.desired:
        return ExitCode.DONE
    from podwright.cli.converge_output import run_converge

    return run_converge("FixReport", app, fix.desired, run)
