"""The process's exit codes."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process ends with; the README documents each."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    DRIFT = 3
    UNCHECKED = 4
    INTERRUPTED = 130
