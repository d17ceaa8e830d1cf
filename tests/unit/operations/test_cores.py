"""Work on all cores answers as work in one process does."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from podwright.operations.cores import on_all_cores

#: forks only where no other thread runs, as pytest-xdist's do: so in a process of its own
PROGRAM = """
import os, signal, sys, threading
from podwright.operations.cores import on_all_cores
parent = os.getpid()
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


def test_answers_come_in_the_order_of_the_items() -> None:
    shown = alone("print(on_all_cores(range(10), lambda item: item * 2, worth_it=True, cores=3))")
    assert shown == str(tuple(range(0, 20, 2)))


def test_the_work_is_spread() -> None:
    assert (
        alone("print(len(set(on_all_cores('abcdef', lambda _: os.getpid(), worth_it=True, cores=3))))") == "3"
    )


def test_no_process_and_no_descriptor_is_left() -> None:
    body = """
before = os.listdir('/proc/self/fd')
on_all_cores(range(9), str, worth_it=True, cores=4)
print(os.listdir('/proc/self/fd') == before)
try:
    os.wait()
except ChildProcessError:
    print('none')
"""
    assert alone(body).split() == ["True", "none"]


def test_answers_larger_than_a_pipe_arrive() -> None:
    assert (
        alone("print(sum(map(len, on_all_cores(range(4), lambda _: 'x' * 10**6, worth_it=True, cores=4))))")
        == "4000000"
    )


def test_what_fails_in_a_worker_is_raised_here() -> None:
    body = """
def work(item):
    if item == 5:
        raise ValueError(os.getpid() == parent)
try:
    on_all_cores(range(8), work, worth_it=True, cores=2)
except ValueError as error:
    print(error)
"""
    assert alone(body) == "True"


def test_a_worker_that_is_killed_is_made_up_for() -> None:
    body = """
def work(item):
    if os.getpid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
    return item
print(on_all_cores(range(4), work, worth_it=True, cores=2))
"""
    assert alone(body) == "(0, 1, 2, 3)"


def test_ctrl_c_leaves_no_worker() -> None:
    body = """
def work(item):
    if os.getpid() == parent:
        raise KeyboardInterrupt
    signal.pause()
try:
    on_all_cores(range(4), work, worth_it=True, cores=2)
except KeyboardInterrupt:
    print('interrupted')
try:
    os.wait()
except ChildProcessError:
    print('none')
"""
    assert alone(body).split() == ["interrupted", "none"]


@pytest.mark.parametrize("arguments", [{"worth_it": False, "cores": 4}, {"worth_it": True, "cores": 1}])
def test_little_work_forks_nothing(arguments) -> None:
    assert set(on_all_cores(range(5), lambda _: os.getpid(), **arguments)) == {os.getpid()}


def test_nothing_forks_beside_other_threads() -> None:
    body = """
held = threading.Event()
thread = threading.Thread(target=held.wait)
thread.start()
print(set(on_all_cores(range(5), lambda _: os.getpid(), worth_it=True, cores=4)) == {parent})
held.set()
"""
    assert alone(body) == "True"


def test_no_items_no_answers() -> None:
    assert on_all_cores((), str, worth_it=True, cores=4) == ()
