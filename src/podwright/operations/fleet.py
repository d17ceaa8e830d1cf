"""Runs one task on many nodes at once; what goes wrong on one node is that node's result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ALL_COMPLETED, FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from podwright.operations.interruption import (
    CUT_SECONDS,
    InterruptedRunError,
    Interruption,
    LeftRunError,
    signals_ask,
)
from podwright.operations.report import NodeResult, Report, failure

if TYPE_CHECKING:
    from podwright.inventory.node import Node
    from podwright.operations.world import World

Value = TypeVar("Value")
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
    end and waited for, so that every result shows what was applied; at a second one only for CUT_SECONDS more
    (then LeftRunError). Once `halted` gives an error nothing new begins, and what was not begun failed by it. `work` of
    module-level functions and values runs in any Executor, processes included.
    """
    queue, fleet = iter(enumerate(tasks)), _UnderWay(failed, tuple(processors))
    with signals_ask(interruption):
        pool = executor(max(1, forks))
        try:
            while not interruption.impatient:
                # no more than `forks` at a time, so that 10,000 nodes are not 10,000 futures
                room = 0 if halted() else max(1, forks) - len(fleet.pending)
                for position, task in _first(room, queue, interruption):
                    fleet.begin(pool.submit(work, task), position, task)
                if not fleet.pending:
                    break
                fleet.keep_done(LISTEN_SECONDS, FIRST_COMPLETED)
        finally:
            # what is cut ends at its next event, with what is known of it
            if interruption.impatient and fleet.pending:
                fleet.keep_done(CUT_SECONDS, ALL_COMPLETED)
            pool.shutdown(wait=not interruption.impatient, cancel_futures=True)
        for position, task in fleet.pending.values():
            fleet.keep(position, failed(task, LeftRunError()))
        for position, task in queue:
            fleet.keep(position, failed(task, halted() or InterruptedRunError()))
    return tuple(fleet.results[position] for position in sorted(fleet.results))


def report_on_all(
    kind: str,
    nodes: Iterable[Node],
    work: Callable[[Node], NodeResult[Value]],
    nothing: Value,
    *,
    world: World,
    forks: int,
    processors: Iterable[Processor[Node, NodeResult[Value]]] = (),
) -> Report[Value]:
    """Do `work` on every node; the result of one on which it raised has `nothing`, and says why."""
    results = run_on_all(
        nodes,
        work,
        lambda node, error: failure(node.name, error, nothing),
        forks=forks,
        interruption=world.interruption,
        processors=processors,
    )
    return Report(kind, results)


class _UnderWay(Generic[Task, Result]):
    """What was begun, and the results so far."""

    def __init__(
        self,
        failed: Callable[[Task, BaseException], Result],
        processors: tuple[Processor[Task, Result], ...],
    ) -> None:
        self._failed = failed
        self._processors = processors
        self.pending: dict[Future[Result], tuple[int, Task]] = {}
        self.results: dict[int, Result] = {}

    def begin(self, future: Future[Result], position: int, task: Task) -> None:
        self.pending[future] = (position, task)
        for processor in self._processors:
            processor.started(task)

    def keep_done(self, seconds: float, when: str) -> None:
        for future in wait(self.pending, seconds, when).done:
            position, task = self.pending.pop(future)
            self.keep(position, _result(future, task, self._failed))

    def keep(self, position: int, result: Result) -> None:
        self.results[position] = result
        for processor in self._processors:
            processor.finished(result)


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
