"""What a person or a script sees: tables, documents, progress; standard output is data, standard error is talk."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import TYPE_CHECKING, Protocol

import click

from podwright.cli.colour import style
from podwright.text import printable

if TYPE_CHECKING:
    import rich.progress

FORMATS = ("table", "json", "yaml", "jsonl", "name")

_COLOURS = {
    "unchanged": "green",
    "changed": "yellow",
    "pending": "yellow",
    "clean": "green",
    "drift": "yellow",
    "create": "green",
    "update": "yellow",
    "delete": "red",
    "conflict": "red",
    "refused": "red",
    "failed": "red",
    "unreachable": "red",
    "unchecked": "red",
}


def show_table(header: Sequence[str], rows: Iterable[Sequence[str]], *, err: bool = False) -> None:
    """Aligned columns without borders, as kubectl prints them; words of state in colour where a terminal is there."""
    lines = [tuple(printable(cell).replace("\n", " ") for cell in row) for row in (header, *rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    for number, line in enumerate(lines):
        click.echo(_line(line, widths, heading=number == 0), err=err)


def _line(cells: Sequence[str], widths: Sequence[int], *, heading: bool) -> str:
    last = len(cells) - 1
    padded = [cell if at == last else cell.ljust(widths[at]) for at, cell in enumerate(cells)]
    if heading:
        return style("   ".join(padded).rstrip(), bold=True)
    return "   ".join(
        style(cell, fg=_COLOURS[cell.strip()]) if cell.strip() in _COLOURS else cell for cell in padded
    ).rstrip()


def show_document(document: Mapping[str, object], output: str) -> None:
    """A whole answer as JSON or YAML."""
    if output == "yaml":
        import yaml

        click.echo(yaml.safe_dump(document, sort_keys=False, allow_unicode=False), nl=False)
    else:
        click.echo(json.dumps(document, indent=2))


class JsonLines:
    """The records of `-o jsonl`, each shown at once since a reader may wait for it.

    Nodes are at work meanwhile: when the records cannot be written any more the run goes on, and `end` tells it.
    """

    def __init__(self) -> None:
        self._lost: OSError | None = None

    def show(self, document: Mapping[str, object]) -> None:
        if self._lost is None:
            try:
                click.echo(json.dumps(document))
                sys.stdout.flush()
            except OSError as error:
                self._lost = error

    def end(self) -> None:
        """Raises the OSError that lost a record, if one was."""
        if self._lost is not None:
            raise self._lost


def counted(count: int, noun: str) -> str:
    """`1 node`, `2 nodes`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def note(text: str) -> None:
    """A remark on standard error."""
    click.echo(f"{style('note:', fg='cyan')} {printable(text)}", err=True)


def warn(text: str) -> None:
    click.echo(f"{style('warning:', fg='yellow', bold=True)} {printable(text)}", err=True)


def show_diff(text: str, *, err: bool = False) -> None:
    """A unified diff, coloured on a terminal."""
    for line in printable(text).splitlines():
        colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
        click.echo(style(line, fg=colour) if colour else line, err=err)


def can_ask() -> bool:
    """Whether a person sits at standard input, which a cron job or a daemon may even have closed."""
    return sys.stdin is not None and sys.stdin.isatty()


def confirm(question: str) -> bool:
    """Ask on the terminal; anything but yes is no."""
    _forget_what_was_typed_ahead()
    click.echo(f"{question} [y/N] ", nl=False, err=True)
    try:
        answer = sys.stdin.readline()
    except KeyboardInterrupt:
        click.echo("\nnothing was changed", err=True)
        raise
    return answer.strip().lower() in ("y", "yes")


def _forget_what_was_typed_ahead() -> None:
    """A key pressed before the question was on the screen is no answer to it."""
    import termios

    with suppress(termios.error, ValueError, OSError):
        termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)


class Progress(Protocol):
    """How far a run is: one step a node."""

    def step(self, latest: str) -> None:
        """One more node is done."""

    def pause(self) -> AbstractContextManager[None]:
        """Nothing moves on the screen meanwhile, so that a person can be asked."""


class _NoProgress:
    def step(self, latest: str) -> None:
        """Logs and pipes stay still."""

    @contextmanager
    def pause(self) -> Iterator[None]:
        yield


class _Bar:
    def __init__(self, bar: rich.progress.Progress, total: int, what: str) -> None:
        self._bar = bar
        self._what = what
        self._task = bar.add_task(what, total=total)

    def step(self, latest: str) -> None:
        self._bar.update(self._task, advance=1, description=f"{self._what}: {printable(latest)}")

    @contextmanager
    def pause(self) -> Iterator[None]:
        self._bar.stop()
        yield
        self._bar.reset(self._task)
        self._bar.start()


@contextmanager
def progress(total: int, what: str) -> Iterator[Progress]:
    """A bar on a terminal's standard error while nodes are at work; elsewhere nothing."""
    if total < 2 or not sys.stderr.isatty():
        yield _NoProgress()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield _Bar(bar, total, what)
