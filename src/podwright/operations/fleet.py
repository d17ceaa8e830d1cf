"""Runs one task on many nodes at once; what goes wrong on one node is that node's outcome."""

from __future__ import annotations

import signal
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType
from typing import Generic, TypeVar

from podwright.errors import PodwrightError
from podwright.problem import Problem

Task = TypeVar("Task")
Result = TypeVar("Result")

#: makes a result of a task that raised; the text is the traceback
Failed = Callable[[Task, BaseException, str], Result]

#: what asks a run to end: a person, an init system or cron, a terminal that goes away
END_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
#: how soon a second Ctrl-C is heard while nodes are waited for
LISTEN_SECONDS = 0.25


class InterruptedRunError(PodwrightError):
    """Ctrl-C came before this node's turn."""

    def __init__(self) -> None:
        super().__init__("not begun: interrupted", hint="run the same command again")


class LeftRunError(PodwrightError):
    """A second Ctrl-C came while this node was at work."""

    def __init__(self) -> None:
        super().__init__(
            "left while at work: what was applied there is not known",
            hint="`podwright manifest status` shows what is there; then run the same command again",
        )


class Interruption:
    """Whether somebody asked to stop; what runs ends at its next safe point, nothing new begins.

    `told` is called when the first Ctrl-C was heard, in a signal handler: it may do next to nothing.
    """

    def __init__(self, told: Callable[[], None] = lambda: None) -> None:
        self._asked = threading.Event()
        self._impatient = threading.Event()
        self._told = told

    def ask(self) -> None:
        """The first time: end soon. The second time: wait for nobody."""
        if self._asked.is_set():
            self._impatient.set()
        else:
            self._asked.set()
            self._told()

    @property
    def impatient(self) -> bool:
        return self._impatient.is_set()

    def __call__(self) -> bool:
        return self._asked.is_set()


def problems_on(node: str, error: BaseException) -> tuple[Problem, ...]:
    """An error's problems with their node, most of which name it themselves; of a bug, only that it is one."""
    if not isinstance(error, PodwrightError):
        bug = f"a bug in podwright: {type(error).__name__}"
        return (Problem(bug, "please report it with the traceback", node=node),)
    return tuple(
        replace(problem, message=problem.message.removeprefix(f"{node}: "), node=node)
        for problem in error.problems
    )


def run_on_all(
    tasks: Iterable[Task],
    work: Callable[[Task], Result],
    *,
    forks: int,
    failed: Failed[Task, Result],
    interruption: Interruption,
    done: Callable[[Result], None] = lambda _: None,
) -> tuple[Result, ...]:
    """Do `work` for every task, at most `forks` at a time; results in the order of the tasks.

    `done` sees each result as it comes, in the calling thread. At the first Ctrl-C (or SIGTERM, or SIGHUP) what runs
    is asked to end and waited for, so that every outcome says what was applied; at a second one nothing more is
    waited for (LeftRunError), and a third goes on up.
    """
    with _signals_ask(interruption):
        return _Run(work, forks, failed, interruption, done).results(tasks)


@contextmanager
def _signals_ask(interruption: Interruption) -> Iterator[None]:
    """Instead of raising, at any instant and so in the middle of handing out nodes or keeping results.

    Only signals that would raise KeyboardInterrupt are heard: one that is ignored (`nohup`) stays so.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        if interruption.impatient:
            raise KeyboardInterrupt
        interruption.ask()

    heard = [number for number in END_SIGNALS if signal.getsignal(number) is signal.default_int_handler]
    for number in heard:
        signal.signal(number, on_signal)
    try:
        yield
    finally:
        for number in heard:
            signal.signal(number, signal.default_int_handler)


class _Run(Generic[Task, Result]):
    def __init__(
        self,
        work: Callable[[Task], Result],
        forks: int,
        failed: Failed[Task, Result],
        interruption: Interruption,
        done: Callable[[Result], None],
    ) -> None:
        self._work = work
        self._forks = max(1, forks)
        self._failed = failed
        self._interruption = interruption
        self._done = done
        self._results: dict[int, Result] = {}
        self._pending: dict[Future[Result], tuple[int, Task]] = {}

    def results(self, tasks: Iterable[Task]) -> tuple[Result, ...]:
        queue = iter(enumerate(tasks))
        pool = ThreadPoolExecutor(max_workers=self._forks, thread_name_prefix="node")
        try:
            self._refill(pool, queue)
            while self._pending and not self._interruption.impatient:
                self._collect()
                self._refill(pool, queue)
        finally:
            pool.shutdown(wait=not self._interruption.impatient, cancel_futures=True)
        for position, task in self._pending.values():
            self._keep(position, self._failed(task, LeftRunError(), ""))
        for position, task in queue:
            self._keep(position, self._failed(task, InterruptedRunError(), ""))
        return tuple(self._results[position] for position in sorted(self._results))

    def _refill(self, pool: ThreadPoolExecutor, queue: Iterator[tuple[int, Task]]) -> None:
        """Hand out no more than `forks` tasks at a time, so that 10,000 nodes are not 10,000 futures."""
        while len(self._pending) < self._forks and not self._interruption():
            following = next(queue, None)
            if following is None:
                return
            self._pending[pool.submit(self._work, following[1])] = following

    def _collect(self) -> None:
        finished, _ = wait(self._pending, LISTEN_SECONDS, FIRST_COMPLETED)
        for future in finished:
            position, task = self._pending.pop(future)
            self._keep(position, self._result(future, task))

    def _result(self, future: Future[Result], task: Task) -> Result:
        try:
            return future.result()
        except Exception as error:  # noqa: BLE001 - a bug must not hide what already happened on the other nodes
            return self._failed(task, error, "".join(traceback.format_exception(error)))

    def _keep(self, position: int, result: Result) -> None:
        self._results[position] = result
        self._done(result)
