"""What a person or a script sees: tables, documents, messages; standard output is data, standard error is talk."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

import click

from podwright.cli.redacted_output import hidden, hidden_document
from podwright.reports.colour import style
from podwright.reports.table import folded_lines, table
from podwright.text import printable

Result = TypeVar("Result")


def show_lines(lines: Iterable[str], *, err: bool = False) -> None:
    for line in lines:
        click.echo(line, err=err)


def show_talk(line: str) -> None:
    click.echo(hidden(line), err=True)


def show_table(rows: Sequence[Sequence[str]], *, err: bool = False) -> None:
    """The first row is the heading."""
    show_lines(table_lines(rows, err=err), err=err)


def table_lines(rows: Sequence[Sequence[str]], *, err: bool = False) -> Iterable[str]:
    """What is printed of a table."""
    cells = [[hidden(cell) for cell in row] for row in rows]
    return table(cells[0], cells[1:], width=_width(err=err)) if cells else ()


def _width(*, err: bool) -> int | None:
    """How many columns the terminal has; None if it is not one: there a line is a record."""
    stream = sys.stderr if err else sys.stdout
    if stream is None or not stream.isatty():
        return None
    from shutil import get_terminal_size

    return get_terminal_size().columns


def show_document(document: object, output: str, *, own_words: bool = True) -> None:
    """A whole answer as JSON or YAML; without `own_words` all its texts are of the inventory."""
    from podwright.reports.documents import as_text

    click.echo(as_text(hidden_document(document, own_words=own_words), output))


class JsonLines(Generic[Result]):
    """The records of `-o jsonl`, each shown at once since a reader may wait for it.

    Work goes on meanwhile: if the records cannot be written any more the run goes on, and `end` raises.
    """

    def __init__(self, document: Callable[[Result], Mapping[str, object]]) -> None:
        self._document = document
        self._lost: OSError | None = None

    def started(self, _task: object) -> None:
        """A record is of a node's result."""

    def finished(self, result: Result) -> None:
        if self._lost is None:
            try:
                show_document(self._document(result), "jsonl")
                sys.stdout.flush()
            except OSError as error:
                self._lost = error

    def end(self) -> None:
        """Raises the OSError that lost a record, if one was."""
        if self._lost is not None:
            raise self._lost


def say(text: str, *, err: bool = False, indent: int = 0) -> None:
    """One line, on a terminal folded at words; what is folded stands `indent` columns to the right."""
    show_lines(folded_lines(printable(hidden(text)), _width(err=err), indent), err=err)


def note(text: str) -> None:
    """A remark on standard error."""
    _labelled("note:", text, fg="cyan")


def warn(text: str) -> None:
    _labelled("warning:", text, fg="yellow", bold=True)


def error(text: str) -> None:
    _labelled("error:", text, fg="red", bold=True)


def hint(text: str) -> None:
    click.echo(err=True)
    _labelled("hint:", text, fg="cyan", bold=True)


def _labelled(label: str, text: str, *, fg: str, bold: bool = False) -> None:
    """On standard error; what does not fit on the first line stands below its first word."""
    width = _width(err=True)
    first, *more = folded_lines(printable(hidden(text)), None if width is None else width - len(label) - 1)
    click.echo(f"{style(label, fg=fg, bold=bold)} {first}", err=True)
    show_lines((f"{' ' * len(label)} {line}" for line in more), err=True)


def can_ask() -> bool:
    """Whether a person sits at standard input, which a cron job or a daemon may even have closed."""
    return sys.stdin is not None and sys.stdin.isatty()


def confirm(question: str, *, left: str = "nothing was changed") -> bool:
    """Ask on the terminal; anything but yes is no. At Ctrl-C it says what is `left` so."""
    _forget_what_was_typed_ahead()
    click.echo(f"{question} [y/N] ", nl=False, err=True)
    try:
        answer = sys.stdin.readline()
    except KeyboardInterrupt:
        click.echo(f"\n{left}", err=True)
        raise
    return answer.strip().lower() in ("y", "yes")


def _forget_what_was_typed_ahead() -> None:
    """A key pressed before the question was on the screen is not an answer to it."""
    import termios

    with suppress(termios.error, ValueError, OSError):
        termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)
