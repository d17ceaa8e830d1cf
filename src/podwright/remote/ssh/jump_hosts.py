"""Open links, and the links to gateways that are kept for the next node behind them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import paramiko
from msgspec import Struct, field

from podwright.remote.ssh.time_limits import TimeLimits

Socket = socket.socket | paramiko.Channel
Closers = list[Callable[[], None]]

#: sshd starts to drop log-ins in progress past ten (MaxStartups 10:30:100).
_HANDSHAKES_AT_A_GATEWAY = 8


class Link(Struct):
    """An open connection and what it stands on; closing it closes or gives back all of that."""

    transport: paramiko.Transport
    closers: Closers = field(default_factory=list)
    limits: TimeLimits = field(default_factory=TimeLimits)

    def cut(self) -> None:
        """Break the connection at once, from any thread: whoever waits on it wakes up."""
        shut(self.transport.sock)

    @contextmanager
    def cut_after(self, seconds: float) -> Iterator[threading.Event]:
        """Cut the link unless the block ends in time; the event is set if it was.

        paramiko has waits without a deadline, and a hostile node finds them.
        """
        was_cut = threading.Event()

        def cut() -> None:
            was_cut.set()
            self.cut()

        with self.limits.limit(seconds, cut):
            yield was_cut

    def close(self) -> None:
        close_in_turn(self.closers)


def close_in_turn(closers: Closers) -> None:
    """Undo what was opened, the last first."""
    while closers:
        closers.pop()()


def shut(sock: object) -> None:
    """Break a connection, waking whoever reads from it."""
    with suppress(OSError, EOFError):
        if isinstance(sock, socket.socket):
            sock.shutdown(socket.SHUT_RDWR)
        elif isinstance(sock, paramiko.Channel):
            sock.close()


class Gateways:
    """Links to gateways that are idle: one link serves one thread at a time, since sharing them fails."""

    def __init__(self) -> None:
        self._idle: dict[tuple[str, ...], list[Link]] = {}
        self._handshakes: dict[tuple[str, ...], threading.Semaphore] = {}
        self._lock = threading.Lock()

    def take(self, identity: tuple[str, ...]) -> Link | None:
        with self._lock:
            idle = self._idle.get(identity, [])
            while idle:
                link = idle.pop()
                if link.transport.is_active():
                    return link
                link.close()
        return None

    def give_back(self, identity: tuple[str, ...], link: Link) -> None:
        if not link.transport.is_active():
            link.close()
            return
        with self._lock:
            self._idle.setdefault(identity, []).append(link)

    @contextmanager
    def handshake(self, identity: tuple[str, ...]) -> Iterator[None]:
        with self._lock:
            semaphore = self._handshakes.setdefault(identity, threading.Semaphore(_HANDSHAKES_AT_A_GATEWAY))
        with semaphore:
            yield

    def close(self) -> None:
        with self._lock:
            links = [link for idle in self._idle.values() for link in idle]
            self._idle.clear()
        for link in links:
            link.close()
