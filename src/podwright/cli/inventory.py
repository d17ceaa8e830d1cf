"""`podwright inventory`: what the inventory says, without connecting to any node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import click

from podwright.cli.app import DEFAULT_TEMPLATES, App
from podwright.cli.completion import limits
from podwright.cli.console import say, show_document, show_lines, show_table
from podwright.cli.diagnostics import show_problems
from podwright.cli.options import Argument, Option, options
from podwright.cli.redacted_output import hidden, hidden_document
from podwright.cli.run_options import FORMATS, Limit, Output
from podwright.cli.site_options import Site
from podwright.errors import InventoryError, UsageError
from podwright.exit_codes import ExitCode
from podwright.inventory.node import Node
from podwright.problem import by_place
from podwright.suggestion import did_you_mean
from podwright.text import printable


@click.group()
def group() -> None:
    """Show nodes, groups and variables, and where they come from."""


@dataclass(frozen=True, slots=True)
class ListOptions:
    """What `inventory list` takes."""

    site: Site
    limit: Limit = ()
    output: Annotated[
        str,
        Option(
            "-o --output",
            "Output format; `ansible` is what `ansible-inventory --list` prints.",
            type=click.Choice([*FORMATS, "ansible"]),
            prefix="PODWRIGHT_INVENTORY_",
        ),
    ] = "table"


@group.command("list")
@options(ListOptions)
def list_nodes(given: ListOptions) -> int:
    """List the nodes with their groups and static pods."""
    from podwright.reports.inventory import ansible_document, node_rows, nodes_document

    app = App(given.site)
    inventory = app.inventory()
    nodes = inventory.nodes if not given.limit else app.chosen(given.limit)
    match given.output:
        case "table":
            show_table(node_rows(nodes))
        case "name":
            show_lines(node.name for node in nodes)
        case "ansible":
            show_document(ansible_document(inventory, nodes), "json", own_words=False)
        case "jsonl":
            for node in nodes:
                show_document(nodes_document([node]), "jsonl")
        case _:
            show_document(nodes_document(nodes), given.output)
    return ExitCode.DONE


@dataclass(frozen=True, slots=True)
class GraphOptions:
    """What `inventory graph` takes."""

    site: Site
    group: Annotated[str, Argument("[GROUP]")] = "all"


@group.command("graph")
@options(GraphOptions)
def graph(given: GraphOptions) -> int:
    """Draw groups and their nodes as a tree."""
    from podwright.reports.inventory import graph_lines

    inventory = App(given.site).inventory()
    top = given.group or "all"
    if top not in inventory.groups:
        hint = did_you_mean(top, inventory.groups, "`podwright inventory graph` draws all groups")
        raise UsageError(f"there is no group `{top}`", hint)
    show_lines(printable(hidden(line)) for line in graph_lines(inventory, top))
    return ExitCode.DONE


@dataclass(frozen=True, slots=True)
class ShowOptions:
    """What `inventory show` takes."""

    site: Site
    node: Annotated[str, Argument("NODE", required=True, complete=limits)] = ""
    output: Output = "yaml"


@group.command("show")
@options(ShowOptions)
def show(given: ShowOptions) -> int:
    """Show what every variable of NODE comes to; secrets are redacted."""
    from podwright.operations.inventory_values import values_of
    from podwright.reports.inventory import plain_document, value_rows, values_document

    app = App(given.site)
    inventory = app.inventory()
    values = values_of(inventory, _node(inventory.nodes, given.node))
    match given.output:
        case "table":
            show_table(value_rows(values, _hidden))
        case "name":
            show_lines(value.name for value in values)
        case "yaml":
            known = plain_document({value.name: value.value for value in values if not value.problem})
            show_document(known, "yaml", own_words=False)
            for value in values:
                if value.problem:
                    say(f"# `{value.name}` cannot be evaluated: {value.problem}")
        case _:
            show_document(values_document(given.node, values), given.output, own_words=False)
    return ExitCode.DONE


@dataclass(frozen=True, slots=True)
class ExplainOptions:
    """What `inventory explain` takes."""

    site: Site
    names: Annotated[tuple[str, ...], Argument("NODE [VARIABLE]", required=True, complete=limits)]
    output: Output = "table"


@group.command("explain")
@options(ExplainOptions)
def explain(given: ExplainOptions) -> int:
    """Show where each value of NODE is written, as file:line:column, and which values it overrides."""
    from podwright.operations.inventory_values import values_of
    from podwright.reports.inventory import value_rows, values_document

    if len(given.names) > 2:
        raise UsageError(
            "`inventory explain` takes a node and one variable", "leave the variable out to see all"
        )
    app = App(given.site)
    inventory = app.inventory()
    values = values_of(inventory, _node(inventory.nodes, given.names[0]), *given.names[1:])
    match given.output:
        case "table":
            show_table(value_rows(values, _hidden))
        case "name":
            show_lines(value.name for value in values)
        case _:
            show_document(values_document(given.names[0], values), given.output, own_words=False)
    return ExitCode.DONE


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """What `inventory check` takes."""

    site: Site


@group.command("check")
@options(CheckOptions)
def check(given: CheckOptions) -> int:
    """Find groups without a node, variables that nothing uses, names that podwright does not know.

    All that is wrong with `podwright_node` is told too, as far as it can be without its node. Exits 3 if there is
    any of this; 1 if the inventory, or `podwright_node` of a node, cannot be used at all.
    """
    from podwright.inventory.load import UnusableInventoryError
    from podwright.operations.inventory_values import unused
    from podwright.operations.provision_declarations import NodeSite
    from podwright.reports.inventory import check_summary

    app = App(given.site, reads_waivers=True)
    try:
        inventory = app.inventory()
    except UnusableInventoryError as error:
        wrong, harmless = NodeSite(error.inventory, app.templates).problems(error.inventory.nodes)
        raise InventoryError(by_place((*error.problems, *harmless, *wrong))) from error
    folder = given.site.templates or DEFAULT_TEMPLATES
    templates = [path for path in sorted(folder.rglob("*")) if path.is_file()] if folder.is_dir() else []
    wrong, harmless = NodeSite(inventory, app.templates).problems(inventory.nodes)
    found = (*unused(inventory, templates), *harmless, *wrong)
    show_problems(by_place(found))
    say(check_summary(inventory, len(found) + len(inventory.warnings)), err=True)
    if wrong:
        return ExitCode.FAILED
    return ExitCode.DRIFT if found or inventory.warnings else ExitCode.DONE


def _hidden(value: object) -> object:
    return hidden_document(value, own_words=False)


def _node(nodes: tuple[Node, ...], name: str) -> Node:
    found = next((node for node in nodes if node.name == name), None)
    if found is None:
        hint = did_you_mean(name, [node.name for node in nodes], "`podwright inventory list` lists all nodes")
        raise UsageError(f"there is no node `{name}`", hint)
    return found
