"""How far a run is: a bar on a terminal's standard error, elsewhere nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from podwright.reports.colour import plain
from podwright.text import printable

if TYPE_CHECKING:
    import rich.progress


class Named(Protocol):
    """A result of one node."""

    @property
    def node(self) -> str:
        """Its name."""


class Progress:
    """Moves the bar by one a node; without a bar logs and pipes stay still."""

    def __init__(self, what: str, bar: rich.progress.Progress | None = None) -> None:
        self._what = what
        self._bar = bar

    def started(self, _task: object) -> None:
        """The bar counts what is done."""

    def finished(self, result: Named) -> None:
        if self._bar:
            description = f"{self._what}: {printable(result.node)}"
            self._bar.update(self._bar.task_ids[0], advance=1, description=description)

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Nothing moves on the screen meanwhile, so that a person can be asked."""
        if self._bar:
            self._bar.stop()
        yield
        if self._bar:
            self._bar.reset(self._bar.task_ids[0])
            self._bar.start()


@contextmanager
def progress(total: int, what: str) -> Iterator[Progress]:
    """Shows how many of `total` nodes are done while they are worked on."""
    if total < 2 or plain() or not sys.stderr.isatty():
        yield Progress(what)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    description = TextColumn("{task.description}", markup=False)
    columns = (description, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        bar.add_task(what, total=total)
        yield Progress(what, bar)
