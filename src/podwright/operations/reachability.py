"""Tries from a node whether it reaches addresses, through the connection that there is; sends nothing to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from podwright.errors import ForwardingRefusedError, HostError, PortClosedError
from podwright.plan.node_checks.check import Dialled
from podwright.plan.unknown_fact import Unknown
from podwright.remote.host import Host

#: for one, and for all of a node
_SECONDS, _ALL_SECONDS = 2.0, 8.0


def dial_all(
    host: Host, addresses: Iterable[tuple[str, int]], clock: Callable[[], float]
) -> Iterator[Dialled]:
    """Raises nothing: that a node does not forward, or that its connection is lost, is unknown."""
    until = clock() + _ALL_SECONDS
    for name, port in addresses:
        address = f"[{name}]:{port}" if ":" in name else f"{name}:{port}"
        if clock() >= until:
            yield Dialled(address, Unknown("not tried, since others took too long"))
            continue
        try:
            host.dial(name, port, timeout=_SECONDS).close()
        except PortClosedError:
            yield Dialled(address, reached=False, why="it takes no connections")
        except HostError as error:
            if isinstance(error, ForwardingRefusedError) or not host.alive:
                yield Dialled(address, Unknown(error.message.rpartition(": ")[2]))
            else:
                yield Dialled(address, reached=False, why=f"no answer within {_SECONDS:g} s")
        else:
            yield Dialled(address, reached=True)
