"""Many nodes at once: order, bounds, bugs and Ctrl-C."""

from __future__ import annotations

import _thread
import multiprocessing
import signal
import threading
import time
from concurrent.futures import ProcessPoolExecutor

import pytest

from podwright.errors import HostError
from podwright.operations.fleet import run_on_all
from podwright.operations.interruption import END_SIGNALS, InterruptedRunError, Interruption, LeftRunError
from podwright.operations.report import problems_on


def failed(task, error):
    return task, type(error)


class Finished:
    """A processor that hands each result on."""

    def __init__(self, then=lambda _: None):
        self.begun = []
        self.then = then

    def started(self, task):
        self.begun.append(task)

    def finished(self, result):
        self.then(result)


def run(tasks, work, *, forks=4, interruption=None, done=lambda _: None, **options):
    interruption = interruption or Interruption()
    processors = [Finished(done)]
    return run_on_all(
        tasks, work, failed, forks=forks, interruption=interruption, processors=processors, **options
    )


def test_results_stand_in_the_order_of_the_tasks_and_are_shown_as_they_come() -> None:
    shown = []

    def work(task):
        deadline = time.monotonic() + 10
        while task == 0 and not shown and time.monotonic() < deadline:
            time.sleep(0.01)
        return task * 10

    assert run([0, 1], work, done=shown.append) == (0, 10)
    assert shown == [10, 0]


def test_no_more_than_forks_run_at_once_and_few_tasks_are_taken_ahead() -> None:
    running, most, taken, lock = 0, 0, 0, threading.Lock()

    def tasks():
        nonlocal taken
        for number in range(50):
            taken += 1
            yield number

    def work(task):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
            assert taken <= task + 8
        time.sleep(0.002)
        with lock:
            running -= 1

    assert run(tasks(), work, forks=4) == (None,) * 50
    assert most <= 4


def test_a_bug_on_one_node_keeps_the_others() -> None:
    def work(task):
        if task == 1:
            raise ZeroDivisionError
        return task

    assert run([0, 1, 2], work) == (0, (1, ZeroDivisionError), 2)


@pytest.mark.parametrize("forks", [0, -3, 1])
def test_at_least_one_node_at_a_time(forks) -> None:
    assert run([1, 2], lambda task: task, forks=forks) == (1, 2)


def test_no_tasks_no_results() -> None:
    assert run([], lambda task: task) == ()


def test_after_ctrl_c_what_runs_ends_and_nothing_new_begins() -> None:
    interruption, begun = Interruption(), []

    def work(task):
        begun.append(task)
        if task == 0:
            _thread.interrupt_main(signal.SIGINT)
        deadline = time.monotonic() + 10
        while not interruption() and time.monotonic() < deadline:
            time.sleep(0.01)
        return task

    results = run(range(6), work, forks=2, interruption=interruption)
    assert len(results) == 6
    assert {results[task] for task in begun} == set(begun)
    assert set(begun) <= {0, 1}
    assert results[2:] == tuple((task, InterruptedRunError) for task in range(2, 6))


def test_ctrl_c_while_nodes_are_handed_out_loses_none() -> None:
    interruption = Interruption()

    def tasks():
        for number in range(20):
            if number == 3:
                _thread.interrupt_main(signal.SIGINT)
            yield number

    results = run(tasks(), lambda task: task, forks=2, interruption=interruption)
    assert len(results) == 20
    assert results[:3] == (0, 1, 2)
    assert results[-1] == (19, InterruptedRunError)


def test_at_a_second_ctrl_c_a_node_that_hangs_is_left_and_told() -> None:
    interruption, release = Interruption(), threading.Event()

    def work(task):
        if task == 0:
            return "quick"
        _thread.interrupt_main(signal.SIGINT)
        deadline = time.monotonic() + 10
        while not interruption() and time.monotonic() < deadline:
            time.sleep(0.01)
        _thread.interrupt_main(signal.SIGINT)
        release.wait(10)
        return "late"

    try:
        results = run(range(3), work, forks=1, interruption=interruption)
    finally:
        release.set()
    assert results == ("quick", (1, LeftRunError), (2, InterruptedRunError))
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_at_a_second_ctrl_c_what_a_node_can_still_tell_is_kept() -> None:
    interruption = Interruption()

    def work(task):
        interruption.ask()
        interruption.ask()
        time.sleep(0.5)
        return "what is known"

    assert run(range(2), work, forks=1, interruption=interruption) == (
        "what is known",
        (1, InterruptedRunError),
    )


def test_a_third_ctrl_c_goes_up() -> None:
    interruption = Interruption()
    interruption.ask()
    interruption.ask()

    def done(_result) -> None:
        signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        run([1], lambda task: task, interruption=interruption, done=done)


def test_who_asks_is_told_once_that_he_was_heard() -> None:
    heard = []
    interruption = Interruption(lambda: heard.append("once"))
    interruption.ask()
    interruption.ask()
    assert (heard, interruption(), interruption.impatient) == (["once"], True, True)


@pytest.mark.parametrize("number", END_SIGNALS)
def test_other_signals_to_end_are_heard_as_ctrl_c_is(number) -> None:
    before = signal.signal(number, signal.default_int_handler)
    interruption = Interruption()

    def tasks():
        yield 0
        signal.raise_signal(number)
        yield 1

    try:
        results = run(tasks(), lambda task: task, forks=1, interruption=interruption)
    finally:
        signal.signal(number, before)
    assert results == (0, 1) or results == (0, (1, InterruptedRunError))
    assert interruption()


def test_a_signal_that_is_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    interruption = Interruption()
    try:
        assert run([1], lambda task: signal.raise_signal(signal.SIGHUP), interruption=interruption) == (None,)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert not interruption()


def test_each_problem_names_its_node_once() -> None:
    named, bare = (
        problems_on("cp-1", HostError("cp-1: it is gone", "why?")),
        problems_on("cp-1", LeftRunError()),
    )
    assert str(named[0]) == "cp-1: it is gone"
    assert str(bare[0]) == "cp-1: interrupted while applying changes; the node's state is unknown"


def test_in_another_thread_there_is_no_ctrl_c_to_hear() -> None:
    results = []
    thread = threading.Thread(target=lambda: results.extend(run([1, 2], lambda task: task)))
    thread.start()
    thread.join()
    assert results == [1, 2]


def double(task):
    return task * 2


def test_work_of_values_runs_in_processes_too() -> None:
    context = multiprocessing.get_context("forkserver")
    results = run([1, 2, 3], double, executor=lambda forks: ProcessPoolExecutor(forks, context), forks=2)
    assert results == (2, 4, 6)


def test_a_processor_sees_what_is_handed_out_and_what_came_of_it() -> None:
    seen = []
    processor = Finished(seen.append)
    run_on_all([1, 2], double, failed, forks=1, interruption=Interruption(), processors=[processor])
    assert (processor.begun, seen) == ([1, 2], [2, 4])
