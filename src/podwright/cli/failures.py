"""Shows failures to a person: what, where, and what to do."""

from __future__ import annotations

from collections.abc import Iterable

import click

from podwright.cli.colour import style
from podwright.errors import PodwrightError, Problem, printable


def show_failure(error: PodwrightError) -> None:
    show_problems(error.problems)


def show_problems(problems: Iterable[Problem]) -> None:
    """Each problem on standard error as `error: WHERE: WHAT`, and its hint after a blank line; equal hints once."""
    problems = tuple(problems)
    hints: dict[str, None] = {}
    for problem in problems:
        click.echo(f"{style('error:', fg='red', bold=True)} {printable(str(problem))}", err=True)
        if problem.hint:
            hints.setdefault(problem.hint)
    if hints:
        click.echo(err=True)
    for hint in hints:
        first, *more = printable(hint).splitlines()
        click.echo(f"{style('hint:', fg='cyan', bold=True)} {first}", err=True)
        for line in more:
            click.echo(f"      {line}", err=True)
