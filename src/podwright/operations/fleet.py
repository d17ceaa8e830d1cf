"""Runs one task on many nodes at once; what goes wrong on one node is that node's outcome."""

from __future__ import annotations

import signal
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from types import FrameType
from typing import Generic, TypeVar

from podwright.errors import PodwrightError

Task = TypeVar("Task")
Result = TypeVar("Result")

#: makes a result of a task that raised; the text is the traceback
Failed = Callable[[Task, BaseException, str], Result]


class InterruptedRunError(PodwrightError):
    """Ctrl-C came before this node's turn."""

    def __init__(self) -> None:
        super().__init__("not begun: interrupted", hint="run the same command again")


class Interruption:
    """Whether somebody asked to stop; what runs ends at its next safe point, nothing new begins."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def ask(self) -> None:
        self._asked.set()

    def __call__(self) -> bool:
        return self._asked.is_set()


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

    `done` sees each result as it comes, in the calling thread. At the first Ctrl-C what runs is asked to
    end and waited for, so that every outcome says what was applied; a second one goes on up.
    """
    with _first_ctrl_c_asks(interruption):
        return _Run(work, forks, failed, interruption, done).results(tasks)


@contextmanager
def _first_ctrl_c_asks(interruption: Interruption) -> Iterator[None]:
    """Instead of raising, at any instant and so in the middle of handing out nodes or keeping results."""
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    ):
        yield
        return

    def on_interrupt(_number: int, _frame: FrameType | None) -> None:
        if interruption():
            raise KeyboardInterrupt
        interruption.ask()

    signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


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
        with ThreadPoolExecutor(max_workers=self._forks, thread_name_prefix="node") as pool:
            self._refill(pool, queue)
            while self._pending:
                self._collect()
                self._refill(pool, queue)
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
        finished, _ = wait(self._pending, return_when=FIRST_COMPLETED)
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
