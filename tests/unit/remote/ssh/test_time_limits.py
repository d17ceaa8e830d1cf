"""What takes too long is ended by one thread, whatever the order of the limits; what is done in time is left alone."""

from __future__ import annotations

import threading
from collections.abc import Collection
from contextlib import ExitStack

from podwright.remote.ssh.time_limits import TimeLimits


def threads(but: Collection[threading.Thread]) -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread not in but]


def test_one_thread_ends_each_block_that_takes_too_long_and_no_other() -> None:
    others = threading.enumerate()
    limits, late, later, never = TimeLimits(), threading.Event(), threading.Event(), threading.Event()
    with ExitStack() as blocks:
        blocks.enter_context(limits.limit(60, never.set))
        blocks.enter_context(limits.limit(0.02, later.set))
        blocks.enter_context(limits.limit(0.01, late.set))
        assert late.wait(10)
        assert later.wait(10)
        assert len(threads(others)) == 1
    assert not never.is_set()


def test_the_thread_ends_with_the_last_limit_and_begins_again_with_the_next() -> None:
    others, limits = threading.enumerate(), TimeLimits()
    for _ in range(2):
        with limits.limit(60, lambda: None):
            (thread,) = threads(others)
        thread.join(10)
        assert not thread.is_alive()
