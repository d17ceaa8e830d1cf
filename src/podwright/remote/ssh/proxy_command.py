"""Reaches a host through a command's standard input and output (ssh_config's ProxyCommand).

Own code since paramiko's waits with select(), and spins at 100 % of a CPU once its command is gone.
"""

from __future__ import annotations

import os
import socket
import tempfile
from typing import IO

from podwright import process

_END_SECONDS = 1.0


class ProxyCommand:
    """A running command; `socket` is its other end: a real socket, so its end is seen at once."""

    def __init__(self, command: str) -> None:
        """Start `command` with sh. Raises ProcessError."""
        ours, theirs = socket.socketpair()
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the command
        try:
            with theirs:
                self._process = process.start(
                    process.shell(command),
                    stdin=theirs.fileno(),
                    stdout=theirs.fileno(),
                    stderr=self._errors.fileno(),
                )
        except process.ProcessError:
            ours.close()
            self._errors.close()
            raise
        self.socket = ours

    def complaint(self) -> str:
        """Return the last line the command wrote to standard error, or an empty text."""
        size = self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, size - 400))
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1][:200] if lines else ""

    def close(self) -> None:
        """End the command and all it started."""
        self.socket.close()
        process.end(self._process, grace=_END_SECONDS)
        self._errors.close()
