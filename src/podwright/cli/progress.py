"""How far a run is: a bar on a terminal's standard error, elsewhere a line every 15 s of what is waited for."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from podwright.cli.console import show_talk
from podwright.operations.waiting import Wait, waits_in_words
from podwright.reports.colour import plain
from podwright.text import printable

if TYPE_CHECKING:
    import rich.progress

#: a CI job that prints nothing for long is ended by some
HEARTBEAT_SECONDS = 15.0


class Named(Protocol):
    """A result of one node."""

    @property
    def node(self) -> str:
        """Its name."""


class Progress:
    """Moves the bar by one a node; without a bar it prints in lines what the run waits for."""

    def __init__(
        self, total: int, what: str, waits: Mapping[str, Wait], bar: rich.progress.Progress | None = None
    ) -> None:
        self._total, self._what, self._waits, self._bar = total, what, waits, bar
        self._done = set[str]()
        self._over = threading.Event()
        self._asking = False

    def started(self, _task: object) -> None:
        """The bar counts what is done."""

    def finished(self, result: Named) -> None:
        self._done.add(result.node)
        if self._bar:
            description = f"{self._what}: {printable(result.node)}"
            self._bar.update(self._bar.task_ids[0], completed=len(self._done), description=description)

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Nothing moves on the screen meanwhile, so that a person can be asked."""
        self._asking = True
        if self._bar:
            self._bar.stop()
        yield
        self._asking = False
        if self._bar:
            self._bar.reset(self._bar.task_ids[0])
            self._bar.start()

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
        while not self._over.wait(1.0 if self._bar else HEARTBEAT_SECONDS):
            waits = printable(waits_in_words(dict(self._waits), time.monotonic()))
            if self._asking:
                continue
            if self._bar:
                if waits:
                    self._bar.update(self._bar.task_ids[0], description=f"{self._what}: {waits}")
            else:
                done = f"{self._what}: {len(self._done)} of {self._total} nodes done"
                show_talk("; ".join(filter(None, (done, waits))))


@contextmanager
def progress(total: int, what: str, waits: Mapping[str, Wait] | None = None) -> Iterator[Progress]:
    """Shows how many of `total` nodes are done, and what `waits` holds, while they are worked on."""
    waits = {} if waits is None else waits
    if total < 2 or plain() or not sys.stderr.isatty():
        shown = Progress(total, what, waits)
        with shown.beating():
            yield shown
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    description = TextColumn("{task.description}", markup=False)
    columns = (description, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        bar.add_task(what, total=total)
        shown = Progress(total, what, waits, bar)
        with shown.beating():
            yield shown
