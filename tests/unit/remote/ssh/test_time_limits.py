"""What takes too long is ended by one thread, whatever the order of the limits; what is done in time is left alone."""

from __future__ import annotations

import threading
from collections.abc import Collection
from contextlib import ExitStack

import pytest

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
        assert late.wait(60)
        assert later.wait(60)
        assert len([thread for thread in threads(others) if thread.name == "ssh-time-limits"]) == 1
    assert not never.is_set()


def test_the_thread_ends_with_the_last_limit_and_begins_again_with_the_next() -> None:
    others, limits = threading.enumerate(), TimeLimits()
    for _ in range(2):
        with limits.limit(60, lambda: None):
            (thread,) = threads(others)
        thread.join(60)
        assert not thread.is_alive()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_end_that_hangs_or_fails_keeps_no_other_from_its_own() -> None:
    limits = TimeLimits()
    late, again, released = threading.Event(), threading.Event(), threading.Event()

    def fails() -> None:
        raise OSError

    with ExitStack() as blocks:
        for end in (released.wait, fails, late.set):
            blocks.enter_context(limits.limit(0.01, end))
        assert late.wait(60)
        with limits.limit(0.01, again.set):
            assert again.wait(60)
    released.set()
