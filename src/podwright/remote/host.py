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
        more_seconds: float = 0.0,
        shown: bool = False,
        on_output: OnOutput | None = None,
    ) -> CommandResult:
        """Run `program`, POSIX sh source, as the user the inventory asks for.

        `timeout` is in seconds for the whole program; nothing of it outlives that on the node by more than
        `more_seconds`, its own or those of the program before. They are meant for a program that is likely to follow:
        one watchdog on the node then serves both. Its text travels on standard input; `shown` says that nothing in it
        is secret, so that it may stand on a command line where that saves a round trip. Raises HostError and its
        kinds; never anything else.
        """
