"""Asks an HTTP server that a node sees, through the connection to the node: one GET, one bounded answer."""

from __future__ import annotations

import io
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import TYPE_CHECKING, cast

from podwright.errors import HostileOutputError
from podwright.remote.host import Host, PortStream

if TYPE_CHECKING:
    import socket

    from _typeshed import WriteableBuffer


@dataclass(frozen=True, slots=True)
class Page:
    """The status and the body of an answer."""

    status: int
    body: bytes


def get(host: Host, address: tuple[str, int], path: str, *, timeout: float, most: int) -> Page:
    """`path` at an address as the node sees it, of at most `most` bytes.

    Raises HostError and its kinds: PortClosedError if nothing listens there, HostileOutputError if that is not HTTP.
    """
    name, port = f"[{address[0]}]" if ":" in address[0] else address[0], address[1]
    with closing(host.dial(*address, timeout=timeout)) as stream:
        stream.send(f"GET {path} HTTP/1.0\r\nHost: {name}:{port}\r\nConnection: close\r\n\r\n".encode())
        response = HTTPResponse(cast("socket.socket", _Connection(stream)), method="GET")
        try:
            response.begin()
            body = response.read(most + 1)
        except (HTTPException, ValueError) as error:
            raise HostileOutputError(f"{name}:{port} on the node does not answer as HTTP does") from error
    if len(body) > most:
        raise HostileOutputError(f"{name}:{port} on the node answers with more than {most} bytes")
    if response.length:
        raise HostileOutputError(f"{name}:{port} on the node ended its answer early")
    return Page(response.status, body)


@dataclass(frozen=True, slots=True)
class _Connection:
    """What of a socket http.client uses."""

    stream: PortStream

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Incoming(self.stream))


class _Incoming(io.RawIOBase):
    def __init__(self, stream: PortStream) -> None:
        self._stream = stream
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        self._left = self._left or self._stream.receive()
        count = min(len(view), len(self._left))
        view[:count] = self._left[:count]
        self._left = self._left[count:]
        return count
