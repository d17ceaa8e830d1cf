"""TLS inside of TLS: the API server's stream through a proxy that is itself reached over TLS.

The standard library wraps only plain sockets, so the inner TLS runs in memory and its bytes travel by hand.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

_CHUNK = 64 << 10
_Result = TypeVar("_Result")


class TlsInTls:
    """A TLS client on top of a connected TLS socket; raises OSError and its kinds."""

    def __init__(
        self, outer: ssl.SSLSocket, context: ssl.SSLContext, server_name: str, deadline: float
    ) -> None:
        self._outer = outer
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._inner = context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_name)
        self._deadline = deadline
        self._until_done(self._inner.do_handshake)

    def settimeout(self, value: float | None, /) -> None:
        self._deadline = time.monotonic() + (value if value is not None else 3600.0)

    def sendall(self, data: bytes, /) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[self._until_done(partial(self._inner.write, rest[:_CHUNK])) :]

    def recv_into(self, buffer: memoryview, /) -> int:
        try:
            data = self._until_done(lambda: self._inner.read(len(buffer)))
        except ssl.SSLZeroReturnError:
            return 0
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._outer.close()

    def _until_done(self, step: Callable[[], _Result]) -> _Result:
        """Run one step of the inner TLS, feeding it and sending what it gives until it has what it wants."""
        while True:
            try:
                result = step()
            except ssl.SSLWantReadError:
                self._send()
                self._receive()
            except ssl.SSLError:
                self._send()  # the alert that tells the server why
                raise
            else:
                self._send()
                return result

    def _send(self) -> None:
        if self._outgoing.pending:
            self._outer.settimeout(self._left())
            self._outer.sendall(self._outgoing.read())

    def _receive(self) -> None:
        self._outer.settimeout(self._left())
        data = self._outer.recv(_CHUNK)
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        return left
