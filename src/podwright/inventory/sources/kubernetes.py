"""Reads the nodes of a cluster from its API: addresses and labels become variables and groups."""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct

from podwright.expressions.inventory_text import Literal, is_expression
from podwright.inventory.structure import Source, Structure
from podwright.inventory.yaml_document import Document
from podwright.problem import Place

NAME = "kubernetes:"
_ROLE = "node-role.kubernetes.io/"
#: a group each would say nothing
_OF_ONE_NODE = frozenset({"kubernetes.io/hostname"})
_ADDRESSES = ("InternalIP", "ExternalIP", "Hostname")


class ClusterNode(Struct, frozen=True):
    """A node as the API shows it."""

    name: str
    addresses: tuple[tuple[str, str], ...] = ()
    labels: tuple[tuple[str, str], ...] = ()


#: lists the nodes of the cluster; raises ClusterError and its kinds
NodeLister = Callable[[], tuple[ClusterNode, ...]]


def read_nodes(nodes: tuple[ClusterNode, ...], structure: Structure) -> None:
    """Add every node, in a group for each of its roles (`control_plane`) and labels (`label_KEY_VALUE`)."""
    document = Document(NAME)
    for node in nodes:
        structure.add_host(node.name, None, NAME)
        for group in _groups(node):
            structure.group(group).hosts[node.name] = None
        structure.set_variables(Source(document, _variables(node), hosts=(node.name,)))
    if not nodes:
        structure.problem("the API lists no node", "check the context of the kubeconfig", Place(NAME))


def _variables(node: ClusterNode) -> dict[object, object]:
    addresses = {kind: _text(address) for kind, address in reversed(node.addresses)}
    address = next((addresses[kind] for kind in _ADDRESSES if kind in addresses), None)
    found: dict[object, object] = {
        "podwright_node_name": node.name,
        "kubernetes_labels": {key: _text(value) for key, value in node.labels},
        "kubernetes_addresses": addresses,
    }
    return {"ansible_host": address, **found} if address else found


def _text(value: str) -> str:
    """What the API says is never evaluated."""
    return Literal(value) if is_expression(value) else value


def _groups(node: ClusterNode) -> tuple[str, ...]:
    groups = [
        safe_name(key.removeprefix(_ROLE))
        if key.startswith(_ROLE) and key != _ROLE
        else safe_name(f"label_{key}_{value}" if value else f"label_{key}")
        for key, value in node.labels
        if key not in _OF_ONE_NODE
    ]
    return tuple(groups)


def safe_name(name: str) -> str:
    """The name of a group that a variable could have too, as Ansible makes them."""
    return re.sub(r"^[\d\W]|\W", "_", name)
