"""Shows a table again and again on a terminal, until somebody ends it."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterable

import click

from podwright.errors import UsageError
from podwright.operations.interruption import Interruption, signals_ask

SECONDS = 2.0
_FROM_THE_TOP, _CLEAR_LINE, _CLEAR_REST = "\x1b[H", "\x1b[K", "\x1b[J"


def refuse_off_a_terminal() -> None:
    """Raises UsageError."""
    if not sys.stdout.isatty():
        raise UsageError(
            "`--watch` draws on a terminal, and standard output is not one",
            "leave it out; `podwright drift watch` prints changes as lines",
        )


def watch(lines: Callable[[], Iterable[str]], interruption: Interruption) -> None:
    """Draw what `lines` gives, then ask it again, until the interruption."""
    with signals_ask(interruption):
        while not interruption():
            _draw([*lines()])
            until = time.monotonic() + SECONDS
            while time.monotonic() < until and not interruption():
                time.sleep(0.1)


def _draw(lines: list[str]) -> None:
    """Over what was there: a screen that is cleared first flickers. What has no room is counted."""
    room = shutil.get_terminal_size().lines - 2
    shown = lines if len(lines) <= room else [*lines[: room - 1], f"… {len(lines) - room + 1} more lines"]
    head = time.strftime("%H:%M:%S") + f"  every {SECONDS:g} s, Ctrl-C ends"
    text = "".join(f"{line}{_CLEAR_LINE}\n" for line in (head, *shown))
    click.echo(f"{_FROM_THE_TOP}{text}{_CLEAR_REST}", nl=False, color=True)
