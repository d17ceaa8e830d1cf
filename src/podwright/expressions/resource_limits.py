"""What one template, or one value of the inventory, may take: text, and in the main thread seconds of CPU and memory."""

from __future__ import annotations

import os
import resource
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from podwright.expressions.errors import ExpressionError

CPU_SECONDS = 10.0
#: Python drops what is raised while it collects garbage
AGAIN_SECONDS = 0.5
MEMORY_BYTES = 1 << 30
#: Text of one template, and of one value in it.
MAX_TEXT = 1 << 20
#: Values in one value: a few lists that hold each other stand for more than any memory holds.
MAX_VALUES = 200_000


class BudgetError(ExpressionError):
    """It takes too long."""


@contextmanager
def budget() -> Iterator[None]:
    """Raises BudgetError, or MemoryError, within; within another budget, or another thread, nothing more is bounded."""
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getitimer(signal.ITIMER_VIRTUAL)[0]
    ):
        yield
        return
    _listen()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (_least(soft, hard, _mapped() + MEMORY_BYTES), hard))
        signal.setitimer(signal.ITIMER_VIRTUAL, CPU_SECONDS, AGAIN_SECONDS)
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@contextmanager
def unbounded() -> Iterator[None]:
    """Within a budget, but not on it: a program that is run to open a secret would be bounded like us."""
    seconds = (
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)[0]
        if threading.current_thread() is threading.main_thread()
        else 0
    )
    if not seconds:
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds, AGAIN_SECONDS)


def _spent(_number: int, _frame: object) -> None:
    raise BudgetError(
        f"this takes more than {CPU_SECONDS:g} s",
        "is it a regular expression that backtracks, or a long loop?",
    )


@cache
def _listen() -> None:
    signal.signal(signal.SIGVTALRM, _spent)


def _mapped() -> int:
    return int(os.pread(_statm(os.getpid()), 100, 0).split()[0]) * resource.getpagesize()


@cache
def _statm(_pid: int) -> int:
    """Stays open: a site is rendered thousands of times. A child that was forked needs its own."""
    return os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)


def _least(*limits: int) -> int:
    return min(limit for limit in limits if limit != resource.RLIM_INFINITY)
