"""`podwright drift watch`: keeps checking, prints what changes, and serves metrics and the report."""

from __future__ import annotations

import sys
import time
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from time import sleep
from typing import Annotated

import click

from podwright.cli.app import App
from podwright.cli.console import note, show_document, show_lines
from podwright.cli.diagnostics import show_failure
from podwright.cli.drift_check import webhook_of
from podwright.cli.drift_history import ChecksHistory
from podwright.cli.drift_scope import DriftScope
from podwright.cli.durations import Seconds
from podwright.cli.options import Option, options
from podwright.cli.redacted_output import hidden
from podwright.cli.site_options import Site
from podwright.errors import PodwrightError
from podwright.exit_codes import ExitCode
from podwright.operations.drift import NodeDrift
from podwright.operations.drift_watch import Clocks, DriftWatch
from podwright.operations.report import Report
from podwright.operations.world import World
from podwright.plan.drift_excuses import Allowances
from podwright.plan.drift_history import NO_HISTORY, DriftHistory
from podwright.reports.drift_documents import news_document
from podwright.reports.drift_lines import change_lines
from podwright.reports.prometheus import drift_metrics
from podwright.reports.timestamps import iso
from podwright.text import counted, printable

#: inventory and templates are read again, and connections to the API made again, after so many seconds
AGAIN_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class WatchOptions:
    """What `drift watch` takes."""

    site: Site
    scope: DriftScope = field(default_factory=DriftScope)
    interval: Annotated[
        float,
        Option(
            "--interval",
            "How often each node is checked: `60s`, `5m`; without a unit, seconds.",
            type=Seconds(),
        ),
    ] = 300
    listen: Annotated[
        str,
        Option(
            "--listen",
            "Serve /metrics, the report as a page (/) and as JSON (/report.json) at this address.",
            metavar="ADDRESS:PORT",
        ),
    ] = ""
    notify_url: Annotated[
        str, Option("--notify-url", "Post what changes to this webhook.", metavar="URL")
    ] = ""
    output: Annotated[
        str,
        Option(
            "-o --output",
            "Output format: lines, or a record of what changed at once.",
            type=click.Choice(["table", "jsonl"]),
            prefix="PODWRIGHT_WATCH_",
        ),
    ] = "table"


@click.command("watch")
@options(WatchOptions)
def command(given: WatchOptions) -> int:
    """Check for drift again and again, and print what changes as it comes. Only reads.

    Each node is checked at an interval, and at once if its mirror pods change in the API. An API or nodes that cannot be
    reached are reported once, and asked again. Inventory and templates are read again every hour. Ends at Ctrl-C.
    """
    watching = _Watching(given)
    with ExitStack() as stack:
        if given.listen:
            port = stack.enter_context(watching.listening(given.listen))
            note(f"serving http://{given.listen.rpartition(':')[0]}:{port}/")
        while watching.go_on():
            pass
    return ExitCode.DONE


class _Watching:
    """One run of the command: what is known outlives the site and the connections, which are made again."""

    def __init__(self, given: WatchOptions) -> None:
        self._given = given
        self._app = App(given.site, reads_waivers=True)
        self._watch: DriftWatch | None = None
        self._checks: ChecksHistory | None = None
        self._webhook = webhook_of(given.notify_url)
        self._metrics = ""
        self._known: tuple[Report[NodeDrift], DriftHistory] = (Report("DriftReport", ()), NO_HISTORY)

    def go_on(self) -> bool:
        """For an hour, or until the API must be connected to again; False at the end."""
        given = self._given
        try:
            site, nodes = self._app.chosen_site(given.scope.limit)
            desired = site.desired(nodes, given.scope.only)
        except PodwrightError as error:
            if self._watch is None:
                raise
            # somebody edits the site: what it was is watched no longer, and nothing is known of what it will be
            show_failure(error)
            sleep(given.interval)
            return True
        with self._app.world() as world:
            watch = self._watch = self._watch or self._begun(world, len(desired))
            watch.run(desired, world, whole=given.scope.whole, until=world.clock() + AGAIN_SECONDS)
            return not world.interruption()

    def _begun(self, world: World, nodes: int) -> DriftWatch:
        given = self._given
        key = (*given.scope.key(given.site, self._app.inventory_name), "watch")
        checks = self._checks = ChecksHistory(given.scope.scope(api=not world.without_api), key, "")
        before = checks.history.before
        note(f"watching {counted(nodes, 'node')}, each every {given.interval:g} s; Ctrl-C ends")
        return DriftWatch(
            checks.history.scope,
            Allowances(ignored=given.scope.ignored),
            given.scope.settings,
            given.interval,
            Clocks(time.time, lambda: time.strftime("%Y-%m-%d"), sleep),
            self._tell,
            bool(given.listen),
            dict(before.nodes) if before else {},
        )

    def _tell(self, report: Report[NodeDrift], history: DriftHistory) -> None:
        if self._given.output == "jsonl":
            if any(history.changed(one.node, one.value.course, bool(one.problems)) for one in report.nodes):
                show_document(news_document(report, history), "jsonl")
        else:
            lines = change_lines(report, history)
            show_lines(f"{iso(history.now)} {printable(hidden(line))}" for line in lines)
        sys.stdout.flush()
        try:
            if self._webhook:
                self._webhook.tell(report, history)
        except PodwrightError as error:
            show_failure(error)
        self._keep(report, history)

    def _keep(self, report: Report[NodeDrift], history: DriftHistory) -> None:
        """For who asks, and for the next run of this command."""
        if self._watch is None or self._checks is None:
            return
        whole = self._watch.report
        self._known = (whole, history)
        self._metrics = drift_metrics(
            whole, ended=history.now, seconds=sum(one.seconds for one in report.nodes), before=self._metrics
        )
        if len(report.nodes) >= len(whole.nodes):
            self._checks.history = history
            self._checks.keep(whole, quiet=False)

    def listening(self, text: str) -> AbstractContextManager[int]:
        """Raises UsageError."""
        from podwright.cli.drift_server import address, pages_of, served

        return served(*address(text), pages_of(self._app, lambda: self._known, lambda: self._metrics))
