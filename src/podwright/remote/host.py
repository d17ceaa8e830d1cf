"""The seam to a node: run one program there, get its bytes as they come."""

from __future__ import annotations

from collections.abc import Generator
from typing import Protocol

#: of one program, both streams together; a node that sends more is hostile or broken
MAX_OUTPUT_BYTES = 64 << 20

#: A program's standard output as it comes. Closing it early hangs up, which ends the program on the node.
Output = Generator[bytes, None, None]


class Host(Protocol):
    """A node with an open (or opening) connection."""

    def stream(self, program: str, *, timeout: float, secret: bool = True, watchdog: bool = True) -> Output:
        """Run `program`, POSIX sh source, as the user the inventory asks for, and yield its standard output.

        `timeout` is in seconds for the whole program; nothing of it outlives that on the node. Its text travels on
        standard input. Without a `secret` it may stand on a command line, which saves a round trip; a program that
        bounds what it starts, and ends once nobody listens, needs no `watchdog` on the node. Raises HostError and its
        kinds, never anything else: ProgramError when the program fails.
        """
