"""One look at a node, with what the inventory says about it; shared by everything that reads and everything that writes."""

from __future__ import annotations

from functools import partial

from podwright.inventory.node import Node
from podwright.manifests.manifest import Manifest
from podwright.manifests.reading import read_as_written
from podwright.plan.observed import Observation
from podwright.remote.host import Host
from podwright.remote.node.observe import observe


def look(node: Node, host: Host, manifests: tuple[Manifest, ...] = ()) -> Observation:
    """One observation, with the node name that counts: the inventory's, else the kubelet's, else the inventory name.

    While no kubelet says it, the pods that run show it: a wrong name would let them pass for gone. A file that is one
    of `manifests` as we wrote it is not judged anew, which would cost more than the whole connection.
    """
    observation = observe(
        node.name,
        host,
        folder=node.settings.manifest_dir,
        read=partial(read_as_written, manifests),
    )
    return observation.named(
        node.settings.node_name or observation.node_name or _name_on_pods(observation) or node.name
    )


def _name_on_pods(observation: Observation) -> str:
    """The suffix of the pods that run of the folder's files; empty where there are none, or where they disagree."""
    suffixes = {
        pod.ref.name.removeprefix(f"{file.pod.name}-")
        for file in observation.files
        for pod in observation.pods or ()
        if file.pod and file.managed and pod.ready and file.reading and pod.digest == file.reading.digest
        if pod.ref.namespace == file.pod.namespace and pod.ref.name.startswith(f"{file.pod.name}-")
    }
    return suffixes.pop() if len(suffixes) == 1 else ""
