"""What becomes of packets for a node, as far as its rules tell without being run."""

from __future__ import annotations

from msgspec import Struct

from podwright.lazy_pattern import lazy_pattern
from podwright.plan.unknown_fact import Unknown

ALL_PORTS = ("1-65535/tcp", "1-65535/udp")
#: one, or the first and the last of some
PORTS = lazy_pattern(r"[0-9]{1,5}(?:[-:][0-9]{1,5})?")
NOT_ASKED = Unknown("not asked for")


class PacketRules(Struct, frozen=True):
    """Where they stand; `refuses`: what no rule lets through is dropped. `opened` are ports through which some packets come,
    such as `6443/tcp` or `30000-32767/udp`; `not_read` decides about packets too, and was not evaluated."""

    source: str
    refuses: bool
    opened: tuple[str, ...] = ()
    not_read: tuple[str, ...] = ()

    def opens(self, port: int, protocol: str) -> bool:
        return any(_holds(entry, port, protocol) for entry in self.opened)


def _holds(entry: str, port: int, protocol: str) -> bool:
    ports, _, of = entry.partition("/")
    first, _, last = ports.replace(":", "-").partition("-")
    return of in ("", protocol) and int(first) <= port <= int(last or first)
