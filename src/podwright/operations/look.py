"""One look at a node, with what the inventory says about it; shared by everything that reads and everything that writes."""

from __future__ import annotations

from podwright.inventory.node import Node
from podwright.plan.observed import Observation
from podwright.remote.host import Host
from podwright.remote.node_look import observe


def look(node: Node, host: Host) -> Observation:
    """One observation, with the node name that counts: the inventory's, else the kubelet's, else the inventory name."""
    observation = observe(
        node.name,
        host,
        folder=node.settings.manifest_dir,
        configured_state_dir=node.settings.state_dir,
    )
    return observation.named(node.settings.node_name or observation.node_name or node.name)
