"""`podwright node facts`."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Annotated

import click

from podwright.cli.app import App
from podwright.cli.completion import limits
from podwright.cli.console import JsonLines, show_document, show_table
from podwright.cli.diagnostics import show_remarks
from podwright.cli.options import Argument, Option, options
from podwright.cli.progress import progress
from podwright.cli.run_options import DEFAULT_FORKS, Forks, Limit
from podwright.cli.site_options import Site
from podwright.errors import UsageError
from podwright.exit_codes import ExitCode
from podwright.inventory.node import Node
from podwright.operations.node_facts import Gathered, gather_facts
from podwright.operations.report import Report
from podwright.reports.fact_summary import summary_rows
from podwright.reports.facts import fact_rows, facts_document, is_fact

FORMATS = ("table", "json", "yaml", "jsonl")


@dataclass(frozen=True, slots=True)
class FactsOptions:
    """What `node facts` takes."""

    site: Site
    words: Annotated[tuple[str, ...], Argument("[NODE] [FACT]...", complete=limits)] = ()
    limit: Limit = ()
    forks: Forks = DEFAULT_FORKS
    output: Annotated[
        str,
        Option("-o --output", "Output format.", type=click.Choice(FORMATS), prefix="PODWRIGHT_FACTS_"),
    ] = "table"


@click.command("facts")
@options(FactsOptions)
def facts(given: FactsOptions) -> int:
    """Show what each machine is: its system, kernel, runtime, kubelet, certificates, ports and limits. Only reads.

    NODE is a pattern as for --limit, FACT a name such as kubelet.config or sysctls.net.ipv4.ip_forward; with --limit every
    name is one. Of several nodes the table has a row each, of one node or with a FACT all facts. What could not be seen is
    shown as unknown, with the reason.
    """
    app = App(given.site)
    paths = given.words if given.limit else given.words[1:]
    nodes = app.chosen(given.limit) if given.limit else _nodes(app, given.words)
    lines = JsonLines[Gathered](lambda result: facts_document(Report("NodeFacts", (result,)), paths))
    with app.world() as world, progress(len(nodes), "node facts") as bar:
        processors = (bar, lines) if given.output == "jsonl" else (bar,)
        report = gather_facts(nodes, world, time.time, forks=given.forks, processors=processors)
    match given.output:
        case "json" | "yaml":
            show_document(facts_document(report, paths), given.output)
        case "table":
            # hundreds of rows a node, of which one asks for those of one node
            many = len(nodes) > 1 and not paths
            show_table(summary_rows(report) if many else fact_rows(report, paths))
    show_remarks(report)
    lines.end()
    return ExitCode.FAILED if report.problems else ExitCode.DONE


def _nodes(app: App, words: tuple[str, ...]) -> tuple[Node, ...]:
    """Those of the first word. Raises InventoryError, and UsageError, which tells what to do if the word is a fact."""
    try:
        return app.chosen(words[:1])
    except UsageError as error:
        if words and is_fact(words[0]):
            raise UsageError(error.message, f"did you mean `node facts all {' '.join(words)}`?") from error
        raise
