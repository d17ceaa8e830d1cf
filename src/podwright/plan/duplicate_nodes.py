"""Whether two or more names of the inventory are one node."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from podwright.plan.reasons import Check, Reason, because


class Identity(Struct, frozen=True):
    """What an inventory's node turned out to be: the kubelet's node name, and its process there."""

    node: str
    node_name: str
    kubelet_pid: int


def same_nodes(seen: Iterable[Identity], *, api: bool) -> dict[str, Reason[Check]]:
    """By inventory name, why a node is one with another.

    With one API for all (`api`), two kubelets of one node name write over each other's mirror pods, so the name alone
    counts. Without it nodes of several clusters may share a name; only one machine has one kubelet of that name and pid.
    """
    groups: dict[tuple[str, int], list[str]] = {}
    for one in seen:
        groups.setdefault((one.node_name, 0 if api else one.kubelet_pid), []).append(one.node)
    return {
        node: because(Check.SAME_NODE, name=name, others=tuple(other for other in nodes if other != node))
        for (name, _), nodes in groups.items()
        if len(nodes) > 1
        for node in nodes
    }
