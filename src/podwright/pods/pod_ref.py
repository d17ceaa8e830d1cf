"""The name of a pod: in its manifest, and with the node's suffix as the runtime and the API know it."""

from __future__ import annotations

from msgspec import Struct


class PodRef(Struct, frozen=True, order=True):
    """A namespace and a name; `str()` is `namespace/name`."""

    namespace: str
    name: str

    def on(self, node_name: str) -> PodRef:
        """The full name on a node: `<name>-<node name in lower case>` (kubelet `config.generatePodName`)."""
        return PodRef(self.namespace, f"{self.name}-{node_name.lower()}")

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"
