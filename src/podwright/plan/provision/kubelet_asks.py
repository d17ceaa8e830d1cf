"""What the node's program is told of a kubelet, in the order of its arguments; the last three come from observing it."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import astuple

#: the drop-in of its unit that starts it without a cluster: after those of packages, before one that `services` declares
STANDALONE = "80-podwright-standalone.conf"
#: the one that has it read drop-ins
TURNED_ON = "90-podwright-config-dir.conf"


class KubeletAsks(Struct, frozen=True):
    """`folder` is where its drop-ins are, `file` ours, `static_pods` the folder that our settings name.

    A standalone one has a `program`, a `main` file of configuration and a `runtime`. `healthz` is ADDRESS:PORT or empty. Its
    `count` static pods move from `moves_from`, if that is not empty.
    """

    folder: str = ""
    file: str = ""
    soak: str = "0"
    static_pods: str = ""
    program: str = ""
    main: str = ""
    runtime: str = ""
    healthz: str = ""
    moves_from: str = ""
    count: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        return astuple(self)
