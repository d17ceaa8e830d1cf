"""What a node shows of how its kubelet can be told settings if it reads no drop-ins."""

from __future__ import annotations

from msgspec import Struct

from podwright.plan.provision.item import ABSENT, Seen


class WaysSeen(Struct, frozen=True):
    """What its unit adds to its `arguments`, our drop-in of the `unit`, another's in the folder, and its `main` file."""

    arguments: str = ""
    unit: Seen = Seen(ABSENT)
    other_drop_in: str = ""
    main: Seen = Seen(ABSENT)
