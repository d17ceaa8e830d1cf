"""`podwright runs`: what earlier runs from this controller did."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Annotated

import click

from podwright.cli.console import show_document, show_lines, show_table
from podwright.cli.options import Argument, Option, options
from podwright.cli.run_options import Output
from podwright.cli.site_options import Site
from podwright.errors import UsageError
from podwright.exit_codes import ExitCode
from podwright.remote.ssh.local_account import home_folder
from podwright.reports.runs import run_document, run_rows, runs_document, runs_rows
from podwright.state.journal import run_named, runs, runs_folder


@click.group()
def group() -> None:
    """Show what earlier runs did, from this machine's journal."""


@dataclass(frozen=True, slots=True)
class ListOptions:
    """What `runs list` takes."""

    site: Site
    last: Annotated[
        int,
        Option("-n --last", "How many runs to list.", type=click.IntRange(1, 1000), prefix="PODWRIGHT_RUNS_"),
    ] = 20
    output: Output = "table"


@group.command("list")
@options(ListOptions)
def list_runs(given: ListOptions) -> int:
    """List the runs that wrote to nodes, the newest first.

    A run without a result was killed, or goes on. `-l @failed`, `-l @unreached` and `-l @changed` choose nodes of the
    newest run, `-l @failed/RUN` those of another one.
    """
    found = tuple(islice(runs(runs_folder(home_folder())), given.last))
    match given.output:
        case "table":
            show_table(runs_rows(found))
        case "name":
            show_lines(run.started.run for run in found)
        case "jsonl":
            for run in found:
                show_document(run_document(run), "jsonl")
        case _:
            show_document(runs_document(found), given.output)
    return ExitCode.DONE


@dataclass(frozen=True, slots=True)
class ShowOptions:
    """What `runs show` takes."""

    site: Site
    run: Annotated[tuple[str, ...], Argument("[RUN]")] = ()
    output: Output = "table"


@group.command("show")
@options(ShowOptions)
def show_run(given: ShowOptions) -> int:
    """Show what a run did on each node; the newest run by default. The beginning of an id will do."""
    if len(given.run) > 1:
        raise UsageError("one run at a time can be shown", "name one, as `podwright runs list` does")
    run = run_named(runs_folder(home_folder()), *given.run)
    match given.output:
        case "table":
            show_table(run_rows(run))
        case "name":
            show_lines(run.started.nodes)
        case _:
            show_document(run_document(run), given.output)
    return ExitCode.DONE
