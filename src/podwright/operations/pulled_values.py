"""Finds the node's own name and address in a template that was made of one node, which no other node could tell apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address

from podwright.inventory.node import Node
from podwright.pods.go_values import walk
from podwright.validation.findings import path_text

SHOWN_PLACES = 3


def own_values(name: str, document: Mapping[str, object], node: Node) -> Iterator[str]:
    """A warning for each value of the node that stands in the pod as it is, with where."""
    variables = {node.name: "inventory_hostname"}
    variables.setdefault(node.connection.host, "ansible_host")
    if node.settings.node_name:
        variables.setdefault(node.settings.node_name, "podwright_node_name")
    # a pod that is called as its node is: its name is not the node's
    variables.pop(name, None)
    for value, variable in variables.items():
        alone = re.compile(rf"(?<![\w.-]){re.escape(value)}(?![\w-]|\.\w)")
        found = (
            path_text(path)
            for path, text in walk(document)
            if value and not _is_loopback(value) and isinstance(text, str) and alone.search(text)
        )
        places = [f"`{place}`" for place in found]
        if places:
            more = f" and {len(places) - SHOWN_PLACES} more" if len(places) > SHOWN_PLACES else ""
            yield (
                f"the template of `{name}` has this node's own `{value}` in {', '.join(places[:SHOWN_PLACES])}{more},"
                f" which every node would get: write `{{{{ {variable} }}}}` there, or pull from alike nodes together"
            )


def _is_loopback(value: str) -> bool:
    try:
        return ip_address(value).is_loopback
    except ValueError:
        return value == "localhost"
