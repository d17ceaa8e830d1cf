"""Shows failures to a person: what, where, what to do; a bug goes to a log file and its path to the screen."""

from __future__ import annotations

import os
import tempfile
import traceback
from collections.abc import Iterable
from pathlib import Path

import click

from podwright.errors import ExitCode, PodwrightError, Problem, printable


def show_failure(error: PodwrightError) -> None:
    show_problems(error.problems)


def show_problems(problems: Iterable[Problem]) -> None:
    """Each problem on standard error as `error: WHERE: WHAT`, and its hint after a blank line; equal hints once."""
    problems = tuple(problems)
    hints: dict[str, None] = {}
    for problem in problems:
        click.echo(f"{click.style('error:', fg='red', bold=True)} {printable(str(problem))}", err=True)
        if problem.hint:
            hints.setdefault(problem.hint)
    if hints:
        click.echo(err=True)
    for hint in hints:
        first, *more = printable(hint).splitlines()
        click.echo(f"{click.style('hint:', fg='cyan', bold=True)} {first}", err=True)
        for line in more:
            click.echo(f"      {line}", err=True)


def show_bug(error: BaseException) -> int:
    """Write the traceback to a log file and say where; returns the exit code."""
    return show_bug_traces(["".join(traceback.format_exception(error))])


def show_bug_traces(traces: Iterable[str]) -> int:
    path = _log_file()
    path.write_text("\n".join(traces), "utf-8")
    path.chmod(0o600)
    click.echo(f"{click.style('error:', fg='red', bold=True)} this is a bug in podwright", err=True)
    click.echo(f"\n{click.style('hint:', fg='cyan', bold=True)} please report it with `{path}`", err=True)
    return ExitCode.FAILED


def _log_file() -> Path:
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "podwright"
    try:
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(prefix="traceback-", suffix=".log", dir=state)
    except OSError:
        handle, name = tempfile.mkstemp(prefix="podwright-traceback-", suffix=".log")
    os.close(handle)
    return Path(name)
