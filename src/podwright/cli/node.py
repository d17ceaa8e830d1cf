"""`podwright node`: each command in a module of its own."""

from __future__ import annotations

import click

from podwright.cli.lazy_group import LazyGroup


class NodeCommands(LazyGroup):
    members = {  # noqa: RUF012 - never changed
        "check": (
            "podwright.cli.node_check:check",
            "Check what stands between each node and a running static pod.",
        ),
        "facts": ("podwright.cli.node_facts:facts", "Show what each machine is."),
        "pending": (
            "podwright.cli.node_pending:command",
            "Show what nodes take back unless it is confirmed.",
        ),
        "provision": ("podwright.cli.node_provision:command", "Bring nodes to what the inventory declares."),
        "release": ("podwright.cli.node_release:command", "Give back files that `node provision` wrote."),
        "hold": ("podwright.cli.node_hold:group", "Keep nodes from being changed for a while."),
        "lock": ("podwright.cli.node_lock:group", "Show and break the locks that keep two runs apart."),
    }


@click.group(cls=NodeCommands)
def group() -> None:
    """Look after the nodes themselves."""
