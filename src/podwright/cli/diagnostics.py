"""Shows a person what to know of a run: warnings, notes, and failures with what to do about them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar

import click

from podwright.cli.console import error, hint, note, say, warn
from podwright.errors import PodwrightError
from podwright.problem import Problem
from podwright.reports.grouping import lines_by_cause
from podwright.reports.problems import failures

if TYPE_CHECKING:
    from podwright.operations.report import Report

Value = TypeVar("Value")


def show_remarks(report: Report[Value], summary: str = "", *, quiet: bool = False) -> None:
    """Failures last, where they are seen; `quiet` leaves out what is not one."""
    show_warnings((node.node, node.warnings) for node in report.nodes)
    if not quiet:
        for text in report.notes:
            note(text)
        if summary:
            say(summary, err=True)
    show_problems(report.problems)
    traces = [node.trace for node in report.nodes if node.trace]
    if traces:
        from podwright.cli.bug_log import show_bug_traces

        show_bug_traces(traces)


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
