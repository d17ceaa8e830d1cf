"""The seam to a node: run a program there and get its bytes as they come, or reach a port as the node sees it."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable
from typing import Protocol

#: of one program, both streams together; a node that sends more is hostile or broken
MAX_OUTPUT_BYTES = 64 << 20
#: by so much more for each second that it runs: what 400 containers' states come to, twice a second
STEADY_BYTES = 2 << 20
#: a program that reports as it goes on, at least every 11 s, is stuck if nothing came for so long
SILENCE_SECONDS = 15.0

#: A program's standard output as it comes. Closing it early hangs up, which ends the program on the node.
Output = Generator[bytes, None, None]


class PortStream(Protocol):
    """A byte stream to a port, with one deadline for all of it. Each call raises HostError and its kinds."""

    def send(self, content: bytes) -> None: ...

    def receive(self) -> bytes:
        """The next bytes, as they come; none at the end."""

    def close(self) -> None: ...


class Host(Protocol):
    """A node with an open (or opening) connection."""

    @property
    def alive(self) -> bool:
        """Whether the connection is not known to be lost: no program runs on one that is, ever again."""

    def stream(
        self,
        program: str,
        stdin: Iterable[bytes] | None = None,
        *,
        timeout: float,
        secret: bool = True,
        watchdog: bool = True,
        silence: float = math.inf,
    ) -> Output:
        """Run `program`, POSIX sh source, as the user the inventory asks for, and yield its standard output.

        `stdin` is what the program reads on its standard input, sent piece by piece as the program takes it; without
        any it reads nothing. `timeout` is in seconds for the whole program; nothing of it outlives that on the node. Its
        text travels on standard input. Without a `secret` it may stand on a command line, which saves a round trip; a
        program that bounds what it starts, and ends once its output is not read, needs no `watchdog` on the node. Once
        it has begun it is given up after `silence` seconds without output. Raises HostError and its kinds, never anything
        else: ProgramError when the program fails.
        """

    def dial(self, host: str, port: int, *, timeout: float) -> PortStream:
        """Connect to a port as the node sees it, for at most `timeout` seconds. Raises HostError and its kinds."""
