"""Shows failures to a person: what, where, and what to do."""

from __future__ import annotations

from collections.abc import Iterable

import click

from podwright.cli.colour import style
from podwright.cli.console import warn
from podwright.errors import PodwrightError
from podwright.problem import Problem
from podwright.text import printable, several


def show_failure(error: PodwrightError) -> None:
    show_problems(error.problems)


def show_problems(problems: Iterable[Problem]) -> None:
    """Each problem on standard error as `error: WHERE: WHAT`; those of one hint together, and it after a blank line."""
    alike: dict[str, list[Problem]] = {}
    for problem in problems:
        alike.setdefault(problem.hint, []).append(problem)
    for position, (hint, group) in enumerate(alike.items()):
        if position:
            click.echo(err=True)
        for problem in group:
            click.echo(f"{style('error:', fg='red', bold=True)} {printable(str(problem))}", err=True)
        if hint:
            _show_hint(hint)


def show_warnings(told: Iterable[tuple[str, Iterable[str]]]) -> None:
    """Each node's warnings on standard error, those that many nodes share once."""
    nodes: dict[str, list[str]] = {}
    for node, texts in told:
        for text in texts:
            nodes.setdefault(text, []).append(node)
    for text, names in nodes.items():
        warn(f"{several(names)}: {text}")


def _show_hint(hint: str) -> None:
    first, *more = printable(hint).splitlines()
    click.echo(f"\n{style('hint:', fg='cyan', bold=True)} {first}", err=True)
    for line in more:
        click.echo(f"      {line}", err=True)
