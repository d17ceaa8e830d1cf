"""Opens a TCP connection in time, tuned for short exchanges."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable
from typing import Any

from podwright.errors import HostUnreachableError
from podwright.remote.ssh.route import Route

#: `ServerAliveInterval` if nobody says; three of these without an answer are the end of a link
KEEPALIVE_SECONDS = 5.0


def open_tcp(node: str, route: Route) -> socket.socket:
    """Open a TCP connection within the route's time, whatever the number of addresses. Raises HostUnreachableError."""
    settings = route.settings
    where = f"{settings.hostname}:{settings.port}"
    deadline = time.monotonic() + route.connect_timeout
    last: OSError = OSError("no address")
    for family, kind, protocol, _name, address in _addresses(node, route):
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(max(0.1, deadline - time.monotonic()))
            _tune(sock, route)
            sock.connect(address)
        except OSError as error:
            sock.close()
            last = error
            continue
        return sock
    raise HostUnreachableError(
        f"{node}: cannot connect to {where}: {reason(last)}",
        f"{_advice(last, settings.port)}; try by hand: `{route.by_hand()}`",
    ) from last


def _advice(error: OSError, port: int) -> str:
    if isinstance(error, ConnectionRefusedError):
        return f"the address answers, and nothing listens on port {port}: start sshd there, or set `ansible_port`"
    if isinstance(error, TimeoutError):
        return f"check that the node is up, and that no firewall drops port {port}"
    return "check the address (`ansible_host`), and the way to it (`ip route get`)"


def _addresses(node: str, route: Route) -> Iterable[Any]:
    families = {"inet": socket.AF_INET, "inet6": socket.AF_INET6}
    family = families.get(route.settings.address_family, socket.AF_UNSPEC)
    try:
        return socket.getaddrinfo(route.settings.hostname, route.settings.port, family, socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise HostUnreachableError(
            f"{node}: the host name `{route.settings.hostname}` does not resolve",
            "set `ansible_host` to an address, or check the name server",
        ) from error


def _tune(sock: socket.socket, route: Route) -> None:
    # paramiko never sets it: 44 ms for each connection and each program otherwise
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    interval = keepalive_seconds(route)
    if interval and hasattr(socket, "TCP_USER_TIMEOUT"):
        # while the way there is full no question can be sent; the kernel notices that nobody acknowledges what was
        milliseconds = int(1000 * interval * route.settings.alive_count)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)


def keepalive_seconds(route: Route) -> float:
    """Return how often an idle link is proved alive; 0 is never."""
    return KEEPALIVE_SECONDS if route.settings.alive_interval is None else route.settings.alive_interval


def reason(error: BaseException) -> str:
    """Return why a connection failed, in lower case and few words."""
    if isinstance(error, TimeoutError):
        return "timed out"
    if isinstance(error, EOFError | ConnectionResetError):
        return "it hung up"
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(text)[:200].lower()
