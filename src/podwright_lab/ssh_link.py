"""The wire of a lab node's SSH server, and what can be wrong with it: slow, mute, or cut mid-command."""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from dataclasses import dataclass

# How often a mute or slow link looks whether it still is; paramiko polls its sockets at the same pace.
_TICK_SECONDS = 0.1


@dataclass(slots=True)
class LinkFaults:
    """What is wrong with the links to one node just now; a change acts on open links too.

    `delay` is in seconds for every read the server makes. `mute` holds back every byte both ways. `cut`
    resets the connection when a command has printed something or has run for `CUT_AFTER_SECONDS`.
    """

    delay: float = 0.0
    mute: bool = False
    cut: bool = False


#: A command that prints nothing is cut as well, after this long.
CUT_AFTER_SECONDS = 1.0


class FaultySocket(socket.socket):
    """An accepted connection that behaves by its node's `LinkFaults`."""

    __slots__ = ("faults",)

    faults: LinkFaults

    @classmethod
    def take(cls, accepted: socket.socket, faults: LinkFaults) -> FaultySocket:
        """Take over the descriptor of `accepted`, which must not be used afterwards."""
        link = cls(accepted.family, accepted.type, accepted.proto, fileno=accepted.detach())
        link.faults = faults
        # Without it each request waits for the other side's delayed acknowledgement: 44 ms a command.
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return link

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """As `socket.recv`; raises TimeoutError while the link is mute, as a peer that does not answer."""
        received = super().recv(size, flags)
        if received and self.faults.delay:
            time.sleep(self.faults.delay)
        self._wait_while_mute()
        return received

    def send(self, content: bytes, flags: int = 0, /) -> int:  # type: ignore[override]
        """As `socket.send`; holds the bytes back while the link is mute."""
        self._wait_while_mute()
        return super().send(content, flags)

    def reset(self) -> None:
        """Cut the connection: the client gets a reset, whatever was still on its way to it is lost."""
        with contextlib.suppress(OSError):
            self.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def _wait_while_mute(self) -> None:
        while self.faults.mute and self.fileno() != -1:
            time.sleep(_TICK_SECONDS)
