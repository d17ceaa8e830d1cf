"""Which nodes of an inventory a command is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podwright.errors import UsageError

if TYPE_CHECKING:
    from podwright.inventory.node import Inventory, Node


def chosen_nodes(inventory: Inventory, limit: tuple[str, ...]) -> tuple[Node, ...]:
    """Patterns that are given one by one are a union, as in one pattern with commas. Raises UsageError.

    Without any, machines of a shared inventory are left out that cannot be connected to and should run nothing.
    """
    from podwright.inventory.patterns import select

    if limit:
        if any(pattern.startswith("@") for pattern in limit):
            from podwright.cli.earlier_runs import with_runs

            limit = tuple(with_runs(limit))
        return select(inventory, ",".join(limit))
    nodes = select(inventory, None)
    return tuple(node for node in nodes if node.static_pods or not node.connection.obstacle) or nodes


def refuse_unknown_in(inventory: Inventory, names: tuple[str, ...]) -> None:
    """Raises UsageError for the first name that no node and no group has."""
    known = {"all", *inventory.groups, *(node.name for node in inventory.nodes)}
    if unknown := next((name for name in names if name not in known), None):
        from podwright.suggestion import did_you_mean

        hint = did_you_mean(unknown, known, "see `podwright inventory list`")
        raise UsageError(f"a rollout or a guard names `{unknown}`, which is neither a node nor a group", hint)
