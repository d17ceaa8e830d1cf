"""Which process is a folder's lab, and what a lab that crashed has left running."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from podwright.lab.lab_error import LabError
from podwright.lab.layout import MARK_VARIABLE

_TICK_SECONDS = 0.02
_TAKE_ATTEMPTS = 5


class LabLock:
    """Held by the lab of a folder while its process lives; the kernel lets go however that process ends.

    Its file is never removed while a lab may start: two could then hold two files of one name.
    """

    def __init__(self, pid_file: Path) -> None:
        self._path = pid_file
        self._descriptor = -1

    def __enter__(self) -> Self:
        """Take it; raises LabError where a lab runs."""
        if not self._take_patiently():
            raise LabError(
                f"a lab already runs in `{self._path.parent}` (pid {self.holder()})",
                "ask it: podwright lab status; end it: podwright lab down",
            )
        os.ftruncate(self._descriptor, 0)
        os.write(self._descriptor, f"{os.getpid()}\n".encode())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.ftruncate(self._descriptor, 0)
        self._release()

    def _take_patiently(self) -> bool:
        """A look from elsewhere (`held`) takes it for an instant; only a lab keeps it."""
        for _ in range(_TAKE_ATTEMPTS):
            if self._take():
                return True
            time.sleep(_TICK_SECONDS)
        return False

    def _take(self) -> bool:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def held(self) -> bool:
        """Whether a lab runs there now."""
        if not self._path.exists():
            return False
        if self._take():
            self._release()
            return False
        return True

    def holder(self) -> int | None:
        """The pid of the lab that runs; None where it has not written it yet."""
        with contextlib.suppress(OSError, ValueError):
            return int(self._path.read_text())
        return None

    def wait_free(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.held():
            if time.monotonic() > deadline:
                return False
            time.sleep(_TICK_SECONDS)
        return True

    def _release(self) -> None:
        if self._descriptor != -1:
            os.close(self._descriptor)
            self._descriptor = -1


def end_leftovers(directory: Path) -> int:
    """Kill every process that a lab of this folder started and that is still there; returns how many.

    A process is known by the variable that each inherits from its lab; only the user's own can be read.
    """
    mark = f"{MARK_VARIABLE}={directory}".encode()
    ended = 0
    for pid in _marked(mark):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
            ended += 1
    return ended


def _marked(mark: bytes) -> Iterator[int]:
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            pid = int(environment.parent.name)
            if pid != os.getpid() and mark in environment.read_bytes().split(b"\0"):
                yield pid
