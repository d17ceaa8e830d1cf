"""Reaches a host through a command's standard input and output (ssh_config's ProxyCommand).

Own code since paramiko's waits with select(), and spins at 100 % of a CPU once its command is gone.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
from typing import IO


class ProxyCommand:
    """A running command; `socket` is its other end: a real socket, so its end is seen at once."""

    def __init__(self, command: str) -> None:
        """Start `command` with sh. Raises OSError."""
        ours, theirs = socket.socketpair()
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the command
        try:
            with theirs:
                self._process = subprocess.Popen(
                    ["/bin/sh", "-c", command],
                    stdin=theirs.fileno(),
                    stdout=theirs.fileno(),
                    stderr=self._said,
                    start_new_session=True,
                )
        except OSError:
            ours.close()
            self._said.close()
            raise
        self.socket = ours

    def complaint(self) -> str:
        """Return the last line the command wrote to standard error, or an empty text."""
        size = self._said.seek(0, os.SEEK_END)
        self._said.seek(max(0, size - 400))
        lines = self._said.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1][:200] if lines else ""

    def close(self) -> None:
        """End the command and all it started."""
        self.socket.close()
        try:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait(1)
        except ProcessLookupError:
            pass
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._said.close()
