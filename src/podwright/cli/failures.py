"""Shows failures and warnings to a person: what, where, and what to do."""

from __future__ import annotations

from collections.abc import Iterable

import click

from podwright.cli.console import error, hint, warn
from podwright.errors import PodwrightError
from podwright.problem import Problem
from podwright.reports.alike import lines_by_cause
from podwright.reports.problems import failures


def show_failure(failure: PodwrightError) -> None:
    show_problems(failure.problems)


def show_problems(problems: Iterable[Problem]) -> None:
    """Each problem on standard error as `error: WHERE: WHAT`; those of one hint together, and it after a blank line."""
    for position, group in enumerate(failures(problems)):
        if position:
            click.echo(err=True)
        for line in group.lines:
            error(line)
        if group.hint:
            hint(group.hint)


def show_warnings(reported: Iterable[tuple[str, Iterable[str]]]) -> None:
    """Each node's warnings on standard error, those that many nodes share once."""
    for line in lines_by_cause((node, text) for node, texts in reported for text in texts):
        warn(line)
