"""Which pods cannot run side by side on one node: two of one name, or two on one port of the node.

The one rule for desired manifests among themselves, for desired ones against the files of a node, and for a folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from podwright.pods.host_ports import HostPort
from podwright.pods.pod_ref import PodRef


class Claim(Struct, frozen=True):
    """What a file takes of its node: the pod's name (as in the file) and ports of the node."""

    file_name: str
    pod: PodRef
    host_ports: tuple[HostPort, ...] = ()


class Collision(Struct, frozen=True):
    """`file_name` cannot run beside `other`: both take `port`, or both define `pod` (`port` is None)."""

    file_name: str
    other: str
    pod: PodRef
    port: HostPort | None = None


def collisions(claims: Iterable[Claim], against: Iterable[Claim] = ()) -> Iterator[Collision]:
    """Every collision of a claim with one of `against` or with an earlier claim, at most one a pod and a port.

    A file never collides with an older state of itself, and a pod never with another file's claim on its own ports.
    """
    pods: dict[PodRef, Claim] = {}
    ports: dict[tuple[str, int], list[tuple[HostPort, Claim]]] = {}
    for claim in against:
        _take(claim, pods, ports)
    for claim in claims:
        first = pods.get(claim.pod)
        if first is not None and first.file_name != claim.file_name:
            yield Collision(claim.file_name, first.file_name, claim.pod)
        for port in claim.host_ports:
            for other, taker in ports.get((port.protocol, port.port), ()):
                if claim.file_name != taker.file_name and claim.pod != taker.pod and port.collides(other):
                    yield Collision(claim.file_name, taker.file_name, claim.pod, port)
                    break
        _take(claim, pods, ports)


def _take(
    claim: Claim, pods: dict[PodRef, Claim], ports: dict[tuple[str, int], list[tuple[HostPort, Claim]]]
) -> None:
    pods.setdefault(claim.pod, claim)
    for port in claim.host_ports:
        ports.setdefault((port.protocol, port.port), []).append((port, claim))
