"""Which files of a node another program writes again, so that whatever we put there would be lost."""

from __future__ import annotations

import re

from msgspec import Struct

from podwright.plan.provision.observed import NodeFacts

#: systems that have no shell for us, or no files of their own to change
_NOT_PROVISIONED = {
    "talos": ("Talos has no shell", "change its machine configuration: `talosctl patch machineconfig`"),
    "bottlerocket": ("Bottlerocket has no shell", "change its settings through its API: `apiclient set`"),
}
_RANCHER = re.compile(
    r"/var/lib/rancher/(k3s|rke2)/(agent/(etc|pod-manifests|[a-z-]*\.kubeconfig)|server/(manifests|tls)|data)\b"
)


class FileOwner(Struct, frozen=True):
    """Who writes a file, and where to change it instead."""

    who: str
    where: str


def refusal(facts: NodeFacts) -> tuple[str, str] | None:
    """Why the node cannot be provisioned at all, and what to do instead."""
    return _NOT_PROVISIONED.get(facts.system)


def owner_of(path: str, facts: NodeFacts) -> FileOwner | None:
    """Who else writes a path; None: nobody that we know of."""
    rancher = _RANCHER.match(path)
    if rancher:
        name = {"k3s": "k3s", "rke2": "RKE2"}[rancher[1]]
        return FileOwner(
            f"{name}, which writes it at every start", f"set it in `/etc/rancher/{rancher[1]}/config.yaml`"
        )
    if facts.machine_config and path.startswith(("/etc/", "/usr/local/")):
        return FileOwner(
            "OpenShift's Machine Config Operator, which would call the node degraded", "write a MachineConfig"
        )
    return None
