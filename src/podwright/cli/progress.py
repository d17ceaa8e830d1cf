"""How far a run is: a live view on a terminal's standard error; elsewhere new causes of failures, and a line every 15 s."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from msgspec.structs import replace

from podwright.cli.console import show_talk
from podwright.cli.redacted_output import hidden
from podwright.operations.report import Status
from podwright.operations.waiting import Wait, waits_in_words
from podwright.problem import Problem
from podwright.reports.colour import plain, style
from podwright.reports.grouping import without_particulars
from podwright.reports.progress import Course, bar, fitted, node_lines, summary
from podwright.text import printable

if TYPE_CHECKING:
    import rich.console
    import rich.live

#: a CI job that prints nothing for long is ended by some
HEARTBEAT_SECONDS = 15.0
_PLANNED = (Status.CONFLICT, Status.REFUSED)


class Result(Protocol):
    """A result of one node."""

    @property
    def node(self) -> str:
        """Its name."""

    @property
    def status(self) -> Status:
        """What came of it."""

    @property
    def failed(self) -> bool:
        """Whether that is a failure."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why."""


class Progress:
    """Follows a run by what its processors are told; `name_of` is the node of a task, "" if that is not to be shown."""

    def __init__(
        self,
        course: Course,
        waits: Mapping[str, Wait],
        name_of: Callable[[object], str],
        live: rich.live.Live | None = None,
    ) -> None:
        self.course = course
        self._waits, self._name_of, self._live = waits, name_of, live
        self._over = threading.Event()
        self._asking = False
        self._told: set[str] = set()

    def planned(self, batches: Iterable[tuple[str, ...]], forks: int) -> None:
        """The nodes that change, in their batches, at most `forks` at a time."""
        self.course = replace(self.course, batches=tuple(batches), forks=forks)

    def started(self, task: object) -> None:
        if name := self._name_of(task):
            self.course = self.course.begins(name, time.monotonic())

    def finished(self, result: Result) -> None:
        """The first failure of each cause is shown at once; the report has all, also if this is the only node."""
        failed = result.failed and result.status is not Status.NOT_BEGUN
        self.course = self.course.ends(result.node, time.monotonic(), failed=failed)
        # why a plan is refused, is told with the plan
        if failed and result.status not in _PLANNED and self.course.total > 1:
            more = f" (and {len(result.problems) - 1} more)" if len(result.problems) > 1 else ""
            why = f": {result.problems[0].message}{more}" if result.problems else ""
            cause = without_particulars(result.node, why)
            if cause not in self._told:
                self._told.add(cause)
                self._tell(printable(f"{result.node}{why}"))

    def _tell(self, failure: str) -> None:
        if self._live is None:
            show_talk(f"{style('failed', fg='red')}: {failure}")
            return
        from rich.text import Text

        # above the view, which is drawn again below it
        self._live.console.print(Text.assemble(("failed", "red"), ": ", hidden(failure)))

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Nothing moves on the screen meanwhile, so that a person can be asked."""
        self._asking, asked = True, time.monotonic()
        if self._live:
            self._live.stop()
        yield
        # the time in which a person thinks is none of the run's
        self.course = replace(self.course, began=self.course.began + time.monotonic() - asked)
        self._asking = False
        if self._live:
            self._live.start()

    def __rich_console__(
        self, console: rich.console.Console, options: rich.console.ConsoleOptions
    ) -> Iterator[rich.console.RenderableType]:
        from rich.text import Text

        now, course = time.monotonic(), self.course
        first = printable(summary(course, now))
        drawn = f"{bar(course, ascii_only=options.ascii_only)} {first}"
        lines = (
            drawn if len(drawn) < console.width else first,
            *node_lines(course, dict(self._waits), now, console.height),
        )
        for line in fitted(map(hidden, lines), console.width):
            yield Text(line, no_wrap=True, overflow="ellipsis")

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Prints meanwhile, from a thread of its own, what is waited for."""
        thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _beat(self) -> None:
        while not self._over.wait(HEARTBEAT_SECONDS):
            if not self._asking:
                waits = waits_in_words(dict(self._waits), time.monotonic())
                show_talk(printable("; ".join(filter(None, (summary(self.course, time.monotonic()), waits)))))


@contextmanager
def progress(
    total: int,
    what: str,
    waits: Mapping[str, Wait] | None = None,
    name_of: Callable[[object], str] = lambda _task: "",
) -> Iterator[Progress]:
    """Shows how many of `total` nodes are done, and what `waits` holds, while they are worked on."""
    waits = {} if waits is None else waits
    shown = Progress(Course(what, total, time.monotonic()), waits, name_of)
    if total < 2 or plain() or not sys.stderr.isatty():
        with shown.beating():
            yield shown
        return
    from rich.console import Console
    from rich.live import Live

    with Live(console=Console(stderr=True), transient=True) as live:
        shown = Progress(shown.course, waits, name_of, live)
        live.update(shown)
        yield shown
