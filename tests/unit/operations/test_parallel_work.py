"""Work on all cores answers as work in one process does."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from podwright.operations.parallel_work import on_all_cores

#: forks only where no other thread runs, as pytest-xdist's do: so in a process of its own
PROGRAM = """
import os, signal, sys, threading
from podwright.operations.parallel_work import on_all_cores
parent = os.getpid()
def flat(parts):
    return [answer for part in parts for answer in part]
"""


def alone(body: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM + body],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stderr == ""
    return done.stdout.strip()


def test_answers_come_in_the_order_of_the_range() -> None:
    body = """
def work(factor, part):
    return [item * factor for item in part]
print(flat(on_all_cores(work, 2, 10, worth_it=True, cores=3)))
"""
    assert alone(body) == str(list(range(0, 20, 2)))


def test_the_work_is_done_in_other_processes() -> None:
    body = """
def work(_, part):
    return [os.getpid() for _ in part]
print(parent in flat(on_all_cores(work, None, 60, worth_it=True, cores=3)))
"""
    assert alone(body) == "False"


def test_what_is_shared_need_not_be_fit_to_be_pickled() -> None:
    body = """
def work(shared, part):
    return [shared(item) for item in part]
print(flat(on_all_cores(work, lambda item: -item, 3, worth_it=True, cores=2)))
"""
    assert alone(body) == "[0, -1, -2]"


def test_no_process_and_no_descriptor_is_left() -> None:
    body = """
before = os.listdir('/proc/self/fd')
def work(_, part):
    return list(part)
on_all_cores(work, None, 9, worth_it=True, cores=4)
print(os.listdir('/proc/self/fd') == before)
try:
    os.wait()
except ChildProcessError:
    print('none')
"""
    assert alone(body).split() == ["True", "none"]


def test_what_fails_in_a_worker_is_raised_here() -> None:
    body = """
def work(_, part):
    if 5 in part:
        raise ValueError("five")
try:
    on_all_cores(work, None, 8, worth_it=True, cores=2)
except ValueError as error:
    print(error)
"""
    assert alone(body) == "five"


def test_a_worker_that_is_killed_is_made_up_for() -> None:
    body = """
def work(_, part):
    if os.getpid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
    return list(part)
print(flat(on_all_cores(work, None, 4, worth_it=True, cores=2)))
"""
    assert alone(body) == "[0, 1, 2, 3]"


def test_ctrl_c_leaves_no_worker() -> None:
    body = """
import time
def work(_, part):
    if 0 in part:
        os.kill(parent, signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.2)
try:
    on_all_cores(work, None, 400, worth_it=True, cores=2)
except KeyboardInterrupt:
    print('interrupted')
try:
    os.wait()
except ChildProcessError:
    print('none')
"""
    assert alone(body).split() == ["interrupted", "none"]


def pids(_: None, part: range) -> set[int]:
    return {os.getpid() for _ in part}


@pytest.mark.parametrize("arguments", [{"worth_it": False, "cores": 4}, {"worth_it": True, "cores": 1}])
def test_little_work_forks_nothing(arguments) -> None:
    assert on_all_cores(pids, None, 5, **arguments) == ({os.getpid()},)


def test_nothing_forks_beside_other_threads() -> None:
    body = """
held = threading.Event()
thread = threading.Thread(target=held.wait)
thread.start()
def work(_, part):
    return os.getpid() == parent
print(on_all_cores(work, None, 5, worth_it=True, cores=4))
held.set()
"""
    assert alone(body) == "(True,)"


def test_an_empty_range_has_no_answers() -> None:
    assert on_all_cores(pids, None, 0, worth_it=True, cores=4) == ()
