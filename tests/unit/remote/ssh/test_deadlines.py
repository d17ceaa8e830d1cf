"""The thread that cuts links off."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from podwright.remote.ssh.deadlines import Deadlines


@pytest.fixture
def deadlines():
    before = own_threads()
    made = Deadlines()
    yield made
    made.close()
    limit = time.monotonic() + 5
    while own_threads() - before and time.monotonic() < limit:
        time.sleep(0.01)
    assert own_threads() <= before


def own_threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name == "ssh-deadlines"}


def test_what_takes_too_long_is_cut_off_once(deadlines: Deadlines) -> None:
    cut = threading.Event()
    with deadlines.bound(0.05, cut.set) as guard:
        assert cut.wait(5)
        assert guard.fired


def test_what_ends_in_time_is_left_alone(deadlines: Deadlines) -> None:
    cut = threading.Event()
    with deadlines.bound(0.05, cut.set) as guard:
        pass
    assert not cut.wait(0.2)
    assert not guard.fired


def test_a_nearer_deadline_overtakes_a_farther_one(deadlines: Deadlines) -> None:
    order: list[str] = []
    near = threading.Event()
    with (
        deadlines.bound(60, lambda: order.append("far")),
        deadlines.bound(0.05, lambda: (order.append("near"), near.set())),
    ):
        assert near.wait(5)
    assert order == ["near"]


def test_many_threads_with_many_short_blocks_leave_nothing_behind(deadlines: Deadlines) -> None:
    def short(_number: int) -> None:
        for _ in range(200):
            with deadlines.bound(3600, lambda: pytest.fail("never due")):
                pass

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(short, range(8)))
    assert len(deadlines._guards) <= 600


def test_the_thread_starts_again_after_a_close() -> None:
    deadlines, cut = Deadlines(), threading.Event()
    with deadlines.bound(60, lambda: None):
        pass
    deadlines.close()
    with deadlines.bound(0.05, cut.set):
        assert cut.wait(5)
    deadlines.close()
