"""The seam to a node: run one program there, get its bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

MAX_OUTPUT_BYTES = 64 << 20

#: Is given each chunk of standard output as it comes; returns False to end the program on the node early.
OnOutput = Callable[[bytes], bool]


@dataclass(frozen=True, slots=True)
class CommandResult:
    """How a program ended; `exit_status` is -1 where a signal, or we, ended it."""

    exit_status: int
    stdout: bytes
    stderr: bytes


class Host(Protocol):
    """A node with an open (or opening) connection."""

    def run(
        self,
        program: str,
        *,
        timeout: float,
        secret: bool = True,
        watchdog: bool = True,
        on_output: OnOutput | None = None,
    ) -> CommandResult:
        """Run `program`, POSIX sh source, as the user the inventory asks for.

        `timeout` is in seconds for the whole program; nothing of it outlives that on the node. Its text travels on
        standard input. Without a `secret` it may stand on a command line, where that saves a round trip; a program that
        bounds what it starts, and ends once nobody listens, needs no `watchdog` on the node. Raises HostError and its
        kinds; never anything else.
        """
