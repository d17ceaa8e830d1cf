"""The ports of the node that a pod takes, and when two pods collide. Source: kubelet admission, `NodePorts`."""

from __future__ import annotations

from msgspec import Struct

from podwright.pods.go_fields import Record, child, number, records, text
from podwright.pods.go_values import Path

_EVERYWHERE = "0.0.0.0"  # noqa: S104 - the word that the API uses for all addresses, nothing binds to it here


class HostPort(Struct, frozen=True):
    """One port taken: protocol, address (`0.0.0.0` for all), number, and its place in the manifest."""

    protocol: str
    address: str
    port: int
    path: Path

    def collides(self, other: HostPort) -> bool:
        same = (self.protocol, self.port) == (other.protocol, other.port)
        return same and (self.address == other.address or _EVERYWHERE in {self.address, other.address})

    def __str__(self) -> str:
        return f"{self.port}/{self.protocol}"


def host_ports(pod: Record) -> tuple[HostPort, ...]:
    """Ports of a pod with its defaults set."""
    return tuple(
        HostPort(
            text(port, "protocol"),
            text(port, "hostIP") or _EVERYWHERE,
            number(port, "hostPort"),
            (*path, index),
        )
        for path, container in _containers(pod)
        for index, port in enumerate(records(container, "ports"))
        if number(port, "hostPort") > 0
    )


def _containers(pod: Record) -> list[tuple[Path, Record]]:
    items = enumerate(records(child(pod, "spec"), "containers"))
    return [(("spec", "containers", index, "ports"), container) for index, container in items]
