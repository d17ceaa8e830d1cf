"""What a node shows of its kubelet before its configuration is changed."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from podwright.plan.observed import KubeletFacts
from podwright.plan.provision.kubelet_ways_observed import WaysSeen
from podwright.plan.provision.pressure import Room


class Move(Struct, frozen=True):
    """What there is to move if the folder of static pods changes: `count` files, and what speaks against it.

    `links` are not files, `occupied` lies in the new folder. `unfinished` are the folders of an earlier move whose old one
    still has files.
    """

    count: int = 0
    links: str = ""
    occupied: str = ""
    unfinished: tuple[str, str] = ("", "")


class StandaloneParts(Struct, frozen=True):
    """What there is to make a standalone kubelet of; `untrusted`: who else may change its program."""

    programs: tuple[str, ...] = ()
    sockets: tuple[str, ...] = ()
    untrusted: str = ""


class KubeletSeen(Struct, frozen=True):
    """Its flags, and the texts of its configuration as it would read them now.

    `drop_ins` are by their paths below the folder. `client_seconds` is how long its client certificate is still good, as
    far as that is known. `problem` says why nothing is known of it, `sandboxes_problem` why its pods cannot be seen.
    """

    problem: str = ""
    process: str = ""
    flags: Mapping[str, str] = field(default_factory=dict)
    main: bytes | None = None
    drop_ins: tuple[tuple[str, bytes], ...] = ()
    unreadable: tuple[str, ...] = ()
    version: str = ""
    client_seconds: int | None = None
    facts: KubeletFacts = KubeletFacts(False)
    room: Room = Room()
    sandboxes_problem: str = ""
    move: Move = Move()
    standalone: StandaloneParts = StandaloneParts()
    ways: WaysSeen = WaysSeen()
