"""What a node shows of how a folder of drop-ins could be turned on for its kubelet."""

from __future__ import annotations

from msgspec import Struct

from podwright.plan.provision.item import ABSENT, Seen


class TurningOn(Struct, frozen=True):
    """What its unit adds to its `arguments`, our drop-in of the `unit`, and another's in the folder that is not read yet."""

    arguments: str = ""
    unit: Seen = Seen(ABSENT)
    other_drop_in: str = ""
