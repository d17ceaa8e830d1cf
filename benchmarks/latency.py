"""Adds latency between clients and the fleet: netem on the loopback of a namespace, else a relay in user space.

The relay holds every byte back for half of the round trip, each way, and opens its way to the server only when a
handshake of TCP would have come to its end, so that a client loses as much time as on a wire of that length.
"""

from __future__ import annotations

import heapq
import itertools
import selectors
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

READ_BYTES = 256 << 10


def netem_works() -> bool:
    """Whether this user and kernel can delay a loopback of their own."""
    if not (shutil.which("unshare") and shutil.which("tc")):
        return False
    attempt = ["unshare", "-n", "tc", "qdisc", "add", "dev", "lo", "root", "netem", "delay", "1ms"]
    return subprocess.run(attempt, capture_output=True, check=False).returncode == 0


def inside_delayed_loopback(milliseconds: int, argv: Sequence[str]) -> list[str]:
    """The command that runs `argv` in a network namespace whose loopback takes that long there and back."""
    setup = (
        'ip link set lo up && tc qdisc add dev lo root netem delay "$1" limit 100000 && shift && exec "$@"'
    )
    return ["unshare", "-n", "sh", "-c", setup, "sh", f"{milliseconds / 2}ms", *argv]


@contextmanager
def relay(ports: Sequence[int], milliseconds: int) -> Iterator[tuple[int, ...]]:
    """A process of its own that relays one port of loopback for each of `ports`; yields its ports."""
    command = [sys.executable, "-m", "benchmarks.latency", str(milliseconds), *map(str, ports)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        if process.stdout is None:
            raise RuntimeError("a pipe was asked for")
        try:
            yield tuple(int(port) for port in process.stdout.readline().split())
        finally:
            process.terminate()


@dataclass(slots=True, eq=False)
class _Line:
    """One connection through the relay; `ended` counts the directions that are over."""

    client: socket.socket
    server: socket.socket
    ended: int = 0

    def other(self, one: socket.socket) -> socket.socket:
        return self.server if one is self.client else self.client


class Relay:
    """Delays everything between clients and servers by `delay` seconds each way, in one thread."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._selector = selectors.DefaultSelector()
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()

    def add(self, port: int) -> int:
        """Listen for the server at `port`; returns the port that leads there."""
        listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        listener.setblocking(False)
        self._selector.register(listener, selectors.EVENT_READ, partial(self._accept, listener, port))
        return int(listener.getsockname()[1])

    def serve(self) -> None:
        while True:
            wait = max(0.0, self._due[0][0] - time.monotonic()) if self._due else None
            for key, _ in self._selector.select(wait):
                key.data()
            while self._due and self._due[0][0] <= time.monotonic():
                heapq.heappop(self._due)[2]()

    def _later(self, seconds: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._due, (time.monotonic() + seconds, next(self._numbers), action))

    def _accept(self, listener: socket.socket, port: int) -> None:
        client, _ = listener.accept()
        # on the wire: SYN, SYN-ACK, then the ACK that wakes the server
        self._later(3 * self._delay, partial(self._open, client, port))

    def _open(self, client: socket.socket, port: int) -> None:
        line = _Line(client, socket.create_connection(("127.0.0.1", port)))
        for one in (line.client, line.server):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._selector.register(one, selectors.EVENT_READ, partial(self._read, line, one, self._delay))
        # what the client sent meanwhile has come with that ACK
        client.setblocking(False)
        self._read(line, client, 0.0)

    def _read(self, line: _Line, source: socket.socket, delay: float) -> None:
        try:
            chunk = source.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            chunk = b""
        if not chunk:
            self._selector.unregister(source)
        self._later(delay, partial(self._deliver, line, line.other(source), chunk))

    def _deliver(self, line: _Line, sink: socket.socket, chunk: bytes) -> None:
        try:
            if chunk:
                sink.sendall(chunk)
            else:
                sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it hung up meanwhile, which its own direction tells
        if not chunk:
            line.ended += 1
        if line.ended == 2:
            line.client.close()
            line.server.close()


def main() -> None:
    relayed = Relay(int(sys.argv[1]) / 2000)
    print(*(relayed.add(int(port)) for port in sys.argv[2:]), flush=True)
    relayed.serve()


if __name__ == "__main__":
    main()
