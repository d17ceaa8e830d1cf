"""Runs one process and says what it took: wall time, CPU of it and all its children, peak memory."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLE_SECONDS = 0.25
#: of one process; the slowest tool needs about 0.5 s for each of 200 nodes and ten files
LIMIT_SECONDS = 1800


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of wall time and CPU (children that were waited for too), peak memory in MB, and the exit status.

    `peak_mb` is 0 where it was not sampled: what the kernel says of a child counts its parent's memory from before exec.
    """

    wall: float
    cpu: float
    peak_mb: float
    status: int


def measure(
    argv: Sequence[str], environment: Mapping[str, str], log: Path, *, sample_memory: bool = False
) -> Measured:
    """Run it to its end. `sample_memory` adds up the processes of a tool that forks; it costs a little CPU."""
    with log.open("wb") as sink:
        begun = time.perf_counter()
        process = subprocess.Popen(argv, env=environment, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink)
        sampler = _Sampler(process.pid) if sample_memory else None
        timer = threading.Timer(LIMIT_SECONDS, process.kill)
        timer.daemon = True
        timer.start()
        # wait4 on purpose: it alone gives the CPU of this process and its children and of no other
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        timer.cancel()
    sampled = sampler.stop() if sampler else 0.0
    return Measured(wall, usage.ru_utime + usage.ru_stime, sampled, process.returncode)


class _Sampler:
    """Adds up the proportional memory of a process and all below it, four times a second."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peak = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        self._ended.set()
        self._thread.join()
        return self._peak

    def _watch(self) -> None:
        while not self._ended.wait(SAMPLE_SECONDS):
            self._peak = max(self._peak, sum(proportional_mb(pid) for pid in family(self._pid)))


def family(pid: int) -> tuple[int, ...]:
    """A process and everything below it; not every kernel has /proc/PID/task/PID/children."""
    parents: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parent = int(status.read_text().rpartition(")")[2].split()[1])
            parents.setdefault(parent, []).append(int(status.parent.name))
    found = [pid]
    for member in found:
        found += parents.get(member, [])
    return tuple(found)


def proportional_mb(pid: int) -> float:
    """The memory of a process with shared pages divided among those who share them; 0 once it has ended."""
    with contextlib.suppress(OSError, IndexError, ValueError):
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        return int(text.partition("\nPss:")[2].split()[0]) / 1024
    return 0.0
