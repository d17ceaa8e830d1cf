"""One run of a command, the same on every node: its id, who began it where and when, and what for."""

from __future__ import annotations

from msgspec import Struct

#: how a run tells when it began; sorts by time
RUN_TIME_FORMAT = "%Y-%m-%d %H:%M UTC"


class Resumption(Struct, frozen=True):
    """An earlier run to go on with, and whether this controller's journal knows it; otherwise only nodes can."""

    run: str
    known: bool = False


class Run(Struct, frozen=True):
    """`who` is user@host, `since` a time as text; `str()` is for those who find the lock of it on a node."""

    id: str
    who: str
    command: str = ""
    pid: int = 0
    since: str = ""

    def __str__(self) -> str:
        known = (
            self.command,
            f"run {self.id}",
            f"pid {self.pid}" if self.pid else "",
            f"since {self.since}" if self.since else "",
        )
        return f"{self.who} ({', '.join(filter(None, known))})"
