"""A whole program's run on a Host, for tests that look at its end only."""

from __future__ import annotations

from dataclasses import dataclass

from podwright.errors import ProgramError
from podwright.remote.host import Host


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended; its errors are known only if it failed."""

    exit_status: int
    stdout: bytes
    stderr: bytes = b""


def run(host: Host, program: str, *, timeout: float, secret: bool = True, watchdog: bool = True) -> Finished:
    """Everything `program` says, and its status."""
    output: list[bytes] = []
    try:
        output.extend(host.stream(program, timeout=timeout, secret=secret, watchdog=watchdog))
    except ProgramError as error:
        return Finished(error.exit_status, b"".join(output), error.stderr)
    return Finished(0, b"".join(output))
