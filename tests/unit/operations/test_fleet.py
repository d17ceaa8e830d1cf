"""Many nodes at once: order, bounds, bugs and Ctrl-C."""

from __future__ import annotations

import _thread
import signal
import threading
import time

import pytest

from podwright.operations.fleet import InterruptedRunError, Interruption, run_on_all


def failed(task, error, trace):
    return task, type(error), bool(trace)


def run(tasks, work, *, forks=4, interruption=None, done=lambda _: None):
    return run_on_all(
        tasks, work, forks=forks, failed=failed, interruption=interruption or Interruption(), done=done
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

    assert run([0, 1, 2], work) == (0, (1, ZeroDivisionError, True), 2)


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
    assert results[2:] == tuple((task, InterruptedRunError, False) for task in range(2, 6))


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
    assert results[-1] == (19, InterruptedRunError, False)


def test_a_second_ctrl_c_goes_up_and_the_next_run_has_its_own_first() -> None:
    interruption = Interruption()

    def work(task):
        _thread.interrupt_main(signal.SIGINT)
        deadline = time.monotonic() + 10
        while not interruption() and time.monotonic() < deadline:
            time.sleep(0.01)
        _thread.interrupt_main(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        run([1], work, interruption=interruption)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_in_another_thread_there_is_no_ctrl_c_to_hear() -> None:
    results = []
    thread = threading.Thread(target=lambda: results.extend(run([1, 2], lambda task: task)))
    thread.start()
    thread.join()
    assert results == [1, 2]
