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
        harmless: bool = False,
        on_output: OnOutput | None = None,
    ) -> CommandResult:
        """Run `program`, POSIX sh source, as the user the inventory asks for.

        `timeout` is in seconds for the whole program; nothing of it outlives that on the node. Its text travels on
        standard input. `harmless` says that it holds no secret, changes nothing and bounds what it starts: then it may
        stand on a command line, which saves a round trip, and needs no watchdog there. Raises HostError and its kinds;
        never anything else.
        """
