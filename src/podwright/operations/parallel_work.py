"""Does one piece of pure work for parts of a range on all cores, in forked processes."""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections.abc import Callable
from typing import TypeVar

Shared = TypeVar("Shared")
Answer = TypeVar("Answer")

#: parts a process, so that none waits long for another
_PARTS = 4
#: what a worker was started with: forked along, so it need not be fit to be pickled
_inherited: list[object] = []


def on_all_cores(
    work: Callable[[Shared, range], Answer],
    shared: Shared,
    count: int,
    *,
    worth_it: bool,
    cores: int | None = None,
) -> tuple[Answer, ...]:
    """`work` of `shared` for parts that together make `range(count)`, in order. `worth_it`: it takes longer than a fork.

    `work` is a function of a module that changes nothing outside, and its answers are values that can be pickled.
    """
    processes = min(cores or available_cores(), count)
    if not worth_it or processes < 2 or threading.active_count() > 1:
        # a fork takes other threads' locks along, held for ever
        return (work(shared, range(count)),) if count else ()
    size = -(-count // (processes * _PARTS))
    return _spread(
        work, shared, [range(start, min(start + size, count)) for start in range(0, count, size)], processes
    )


def _spread(
    work: Callable[[Shared, range], Answer], shared: Shared, parts: list[range], processes: int
) -> tuple[Answer, ...]:
    # 20 ms of imports that only a large site needs
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    pool = ProcessPoolExecutor(processes, get_context("fork"), _start, (shared,))
    try:
        return tuple(pool.map(_do, [work] * len(parts), parts))
    except BrokenProcessPool:
        return tuple(work(shared, part) for part in parts)
    finally:
        # after an interrupt nobody waits for the answers
        pool.shutdown(wait=True, cancel_futures=True)


def available_cores() -> int:
    """The cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _start(shared: object) -> None:
    """In a worker: Ctrl-C is left to the parent, and no time goes into looking for garbage in what was inherited."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    gc.freeze()
    gc.disable()
    _inherited[:] = [shared]


def _do(work: Callable[[object, range], Answer], part: range) -> Answer:
    return work(_inherited[0], part)
