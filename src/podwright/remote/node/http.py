"""Asks an HTTP server that a node sees, through the connection to the node: one GET, one bounded answer."""

from __future__ import annotations

import io
from contextlib import closing
from http.client import HTTPException, HTTPResponse
from typing import TYPE_CHECKING, cast

from msgspec import Struct

from podwright.errors import HostileOutputError
from podwright.remote.host import Host

if TYPE_CHECKING:
    import socket


#: of an answer's headers, as http.client takes them
_HEAD_BYTES = 64 << 10


class Page(Struct, frozen=True):
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
        content = bytearray()
        while (chunk := stream.receive()) and len(content) <= most + _HEAD_BYTES:
            content += chunk
    response = HTTPResponse(cast("socket.socket", _Received(bytes(content))), method="GET")
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


class _Received(Struct, frozen=True):
    """What of a socket http.client uses, once everything was received."""

    content: bytes

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self.content)
