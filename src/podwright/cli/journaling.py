"""Records a run that writes in the journal, without a secret."""

from __future__ import annotations

import time
from collections.abc import Iterable

from podwright.cli.console import warn
from podwright.cli.redacted_output import hidden
from podwright.operations.report import Outcome
from podwright.plan.run import Run
from podwright.remote.ssh.local_account import home_folder
from podwright.state.journal import Ended, Journal, NodeEntry, Started, runs_folder
from podwright.text import printable


class Recorder:
    """A processor that begins the run's record with the first node that is worked on: a plan that nobody wants has none."""

    def __init__(self, run: Run, nodes: Iterable[str]) -> None:
        self._started = Started(run.id, run.command, f"{run.who} (pid {run.pid})", _now(), tuple(nodes))
        self._journal: Journal | None = None

    def started(self, _task: object) -> None:
        """Nodes are written to from now on."""
        if self._journal is None:
            self._journal = Journal(runs_folder(home_folder()), self._started, warn)

    def finished(self, outcome: Outcome) -> None:
        """A node's result is there."""
        if self._journal:
            self._journal.record(entry_of(outcome))

    def end(self, code: int) -> None:
        """The run is over."""
        if self._journal:
            self._journal.record(Ended(code, _now()))


def entry_of(outcome: Outcome) -> NodeEntry:
    """What the journal keeps of a node's result: words, as they are shown."""
    return NodeEntry(
        outcome.node,
        str(outcome.status),
        outcome.failed,
        tuple(f"{entry.what} {entry.file_name}" for entry in outcome.value.applied),
        tuple(printable(hidden(str(problem))) for problem in outcome.problems),
        round(outcome.seconds, 2),
    )


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
