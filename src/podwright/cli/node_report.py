"""Commands that list what nodes have: what they take, how they show it in the format that was asked for, how they end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from podwright.cli.console import show_document, show_lines, show_table
from podwright.cli.diagnostics import show_remarks
from podwright.cli.run_options import DEFAULT_FORKS, Forks, Limit, Output
from podwright.cli.site_options import Site
from podwright.exit_codes import ExitCode
from podwright.operations.report import Report

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class ListOptions:
    """What a command takes that lists what each node has."""

    site: Site
    limit: Limit = ()
    forks: Forks = DEFAULT_FORKS
    output: Output = "table"


def show_node_report(
    report: Report[Value],
    output: str,
    *,
    document: Callable[[Report[Value]], Mapping[str, object]],
    names: Callable[[Report[Value]], Iterable[str]],
    rows: Callable[[Report[Value]], list[tuple[str, ...]]],
) -> int:
    """FAILED if any node has a problem."""
    match output:
        case "json" | "yaml" | "jsonl":
            show_document(document(report), output)
        case "name":
            show_lines(names(report))
        case _:
            show_table(rows(report))
    show_remarks(report)
    return ExitCode.FAILED if report.problems else ExitCode.DONE
