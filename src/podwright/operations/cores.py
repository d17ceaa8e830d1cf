"""Does one piece of pure work for many items on all cores, in forked processes; the answers come back pickled."""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


def on_all_cores(
    items: Sequence[Item], work: Callable[[Item], Answer], *, worth_it: bool, cores: int | None = None
) -> tuple[Answer, ...]:
    """The answer for each item, in their order. `worth_it` says that the work is longer than a fork.

    `work` must change nothing outside, and its answers must be fit to be pickled. What goes wrong in a worker is done
    again here, so that errors are raised as if there were none.
    """
    count = min(cores or _cores(), len(items))
    if not worth_it or count < 2 or threading.active_count() > 1:
        # a fork takes other threads' locks along, held for ever
        return tuple(work(item) for item in items)
    parts = [items[start::count] for start in range(count)]
    workers = [_Worker(part, work) for part in parts[1:]]
    try:
        answers = [[work(item) for item in parts[0]], *(worker.answers() for worker in workers)]
    finally:
        for worker in workers:
            worker.end()
    return tuple(answers[position % count][position // count] for position in range(len(items)))


def _cores() -> int:
    """The cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(slots=True, init=False)
class _Worker(Generic[Item, Answer]):
    """A forked process that does its part and writes the answers into a pipe."""

    _part: Sequence[Item]
    _work: Callable[[Item], Answer]
    _pid: int
    _source: int

    def __init__(self, part: Sequence[Item], work: Callable[[Item], Answer]) -> None:
        self._part, self._work = part, work
        self._source, sink = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            _do(part, work, sink)
        os.close(sink)

    def answers(self) -> Sequence[Answer]:
        try:
            with open(self._source, "rb", closefd=False) as source:
                found: list[Answer] = pickle.load(source)  # noqa: S301 - from our own fork
        except (EOFError, pickle.UnpicklingError):
            return [self._work(item) for item in self._part]
        return found

    def end(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._source)


def _do(part: Sequence[Item], work: Callable[[Item], Answer], sink: int) -> None:
    """In the fork: never returns, runs no one's exit handlers, and leaves Ctrl-C to its parent."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        with open(sink, "wb") as pipe:
            pickle.dump([work(item) for item in part], pipe, pickle.HIGHEST_PROTOCOL)
        status = 0
    finally:
        os._exit(status)
