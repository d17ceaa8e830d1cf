"""Runs one task on many nodes at once; what goes wrong on one node is that node's result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from typing import Protocol, TypeVar

from podwright.operations.interruption import (
    InterruptedRunError,
    Interruption,
    LeftRunError,
    signals_ask,
)

Task = TypeVar("Task")
Result = TypeVar("Result")
TaskT_contra = TypeVar("TaskT_contra", contravariant=True)
ResultT_contra = TypeVar("ResultT_contra", contravariant=True)

#: how soon a second Ctrl-C is noticed while nodes are waited for
LISTEN_SECONDS = 0.25


class Processor(Protocol[TaskT_contra, ResultT_contra]):
    """What is done beside the work, in the calling thread: progress, records, a journal."""

    def started(self, task: TaskT_contra) -> None:
        """A node's work was handed out."""

    def finished(self, result: ResultT_contra) -> None:
        """A node's result is there; another one takes its place if the node is found to have failed after it."""


def threads(forks: int) -> Executor:
    return ThreadPoolExecutor(forks, thread_name_prefix="node")


def run_on_all(
    tasks: Iterable[Task],
    work: Callable[[Task], Result],
    failed: Callable[[Task, BaseException], Result],
    *,
    forks: int,
    interruption: Interruption,
    halted: Callable[[], BaseException | None] = lambda: None,
    processors: Iterable[Processor[Task, Result]] = (),
    executor: Callable[[int], Executor] = threads,
) -> tuple[Result, ...]:
    """Do `work` for every task, at most `forks` at a time; results in the order of the tasks.

    `failed` makes the result of a task that raised. At the first Ctrl-C (or SIGTERM, or SIGHUP) what runs is asked to
    end and waited for, so that every result shows what was applied; at a second one nothing more is waited for
    (LeftRunError). Once `halted` gives an error nothing new begins, and what was not begun failed by it. `work` of
    module-level functions and values runs in any Executor, processes included.
    """
    processors, forks = tuple(processors), max(1, forks)
    queue, results = iter(enumerate(tasks)), dict[int, Result]()
    pending: dict[Future[Result], tuple[int, Task]] = {}

    def keep(position: int, result: Result) -> None:
        results[position] = result
        for processor in processors:
            processor.finished(result)

    with signals_ask(interruption):
        pool = executor(forks)
        try:
            while not interruption.impatient:
                # no more than `forks` at a time, so that 10,000 nodes are not 10,000 futures
                room = 0 if halted() else forks - len(pending)
                for position, task in _first(room, queue, interruption):
                    pending[pool.submit(work, task)] = (position, task)
                    for processor in processors:
                        processor.started(task)
                if not pending:
                    break
                for future in wait(pending, LISTEN_SECONDS, FIRST_COMPLETED).done:
                    position, task = pending.pop(future)
                    keep(position, _result(future, task, failed))
        finally:
            pool.shutdown(wait=not interruption.impatient, cancel_futures=True)
        for position, task in pending.values():
            keep(position, failed(task, LeftRunError()))
        for position, task in queue:
            keep(position, failed(task, halted() or InterruptedRunError()))
    return tuple(results[position] for position in sorted(results))


def _first(count: int, queue: Iterator[Task], interruption: Interruption) -> Iterator[Task]:
    while count > 0 and not interruption():
        following = next(queue, None)
        if following is None:
            return
        yield following
        count -= 1


def _result(future: Future[Result], task: Task, failed: Callable[[Task, BaseException], Result]) -> Result:
    return result_of(lambda _: future.result(), task, failed)


def result_of(
    work: Callable[[Task], Result], task: Task, failed: Callable[[Task, BaseException], Result]
) -> Result:
    """What `work` makes of one task, whatever it raises."""
    try:
        return work(task)
    except Exception as error:  # noqa: BLE001 - a bug must not hide what already happened on the other nodes
        return failed(task, error)
