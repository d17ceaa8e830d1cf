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

from podwright_lab.lab_error import LabError
from podwright_lab.layout import MARK_VARIABLE

_TICK_SECONDS = 0.02
_TAKE_ATTEMPTS = 5
#: A killed process is gone at once, unless it hangs in the kernel; then it is not waited for.
_DEATH_SECONDS = 2.0


class LabLock:
    """Held by the lab of a folder while its process lives; the kernel lets go however that process ends.

    Its file is never removed while a lab may start: two could then hold two files of one name.
    """

    def __init__(self, pid_file: Path, descriptor: int = -1) -> None:
        """`descriptor` is that of a lock which the parent process took and left to this one."""
        self._path = pid_file
        self._descriptor = descriptor

    def __enter__(self) -> Self:
        """Take it, unless it was inherited, and write our pid; raises LabError if a lab runs."""
        if self._descriptor == -1:
            self.acquire()
        os.set_inheritable(self._descriptor, False)
        os.ftruncate(self._descriptor, 0)
        os.write(self._descriptor, f"{os.getpid()}\n".encode())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.ftruncate(self._descriptor, 0)
        self.release()

    def acquire(self) -> int:
        """Take it without a pid, to leave it to a process that inherits the descriptor returned.

        Raises LabError if a lab runs. A look from elsewhere (`held`) takes it for an instant; only a lab keeps it.
        """
        for _ in range(_TAKE_ATTEMPTS):
            if self._take():
                return self._descriptor
            time.sleep(_TICK_SECONDS)
        pid = self.holder()
        runs = f"a lab already runs in `{self._path.parent}` (pid {pid})"
        raise LabError(
            runs if pid else f"a lab is just being started in `{self._path.parent}`",
            "ask it: podwright lab status; end it: podwright lab down",
        )

    def release(self) -> None:
        """Let go of it here; a process that inherited it holds it on."""
        if self._descriptor != -1:
            os.close(self._descriptor)
            self._descriptor = -1

    def _take(self) -> bool:
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            whose = f"the lab in `{self._path.parent}` is not yours: {error.strerror}"
            raise LabError(whose, "ask its owner, or give `--dir` another folder") from error
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
            self.release()
            return False
        return True

    def holder(self) -> int | None:
        """The pid of the lab that runs; None if it has not written it yet."""
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


def end_leftovers(directory: Path, *, grace: float = 0.0) -> int:
    """Kill every process of a lab of this folder that is there after `grace` seconds; returns how many.

    A process is known by the variable that each inherits from its lab; only the user's own can be read.
    """
    mark = f"{MARK_VARIABLE}={directory}".encode()
    _wait_gone(mark, grace)
    leftovers = tuple(_marked(mark))
    for pid in leftovers:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
    _wait_gone(mark, _DEATH_SECONDS)
    return len(leftovers)


def _wait_gone(mark: bytes, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and any(_marked(mark)):
        time.sleep(_TICK_SECONDS)


def _marked(mark: bytes) -> Iterator[int]:
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            pid = int(environment.parent.name)
            if pid != os.getpid() and mark in environment.read_bytes().split(b"\0"):
                yield pid
