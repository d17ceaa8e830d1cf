"""Workers that are processes of this machine: one a core, each with threads for several nodes."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from itertools import count

from podwright import process
from podwright.operations.parallel_work import available_cores
from podwright.operations.worker_tasks import LostWorkerError


class _Worker:
    """One process; its answers come in any order."""

    def __init__(self, threads: int) -> None:
        words = (sys.executable, "-m", "podwright.cli.worker", str(threads))
        self.process = process.start(words, stdin=process.PIPE, stdout=process.PIPE, stderr=process.DEVNULL)
        self.waiting: dict[int, Future[str]] = {}
        self.lost = False
        self._numbers = count()
        self._lock = threading.Lock()
        self._listener = threading.Thread(target=self._listen, name="worker", daemon=True)
        self._listener.start()

    def send(self, task: str) -> Future[str]:
        answer: Future[str] = Future()
        with self._lock:
            number = next(self._numbers)
            self.waiting[number] = answer
            assert self.process.stdin  # noqa: S101 - it was asked for
            try:
                line = memoryview(f"{json.dumps({'id': number, 'task': task})}\n".encode())
                while line:
                    line = line[self.process.stdin.write(line) or 0 :]
            except OSError:
                self._lose()
        return answer

    def _listen(self) -> None:
        assert self.process.stdout  # noqa: S101 - it was asked for
        with (
            suppress(OSError, ValueError),
            open(self.process.stdout.fileno(), "rb", closefd=False) as answers,
        ):
            for line in answers:
                given = json.loads(line)
                self.waiting.pop(given["id"]).set_result(given["answer"])
        with self._lock:
            self._lose()

    def end(self) -> None:
        process.end(self.process)
        self._listener.join()
        for pipe in filter(None, (self.process.stdin, self.process.stdout)):
            with suppress(BrokenPipeError):
                pipe.close()

    def _lose(self) -> None:
        self.lost = True
        while self.waiting:
            self.waiting.popitem()[1].set_exception(LostWorkerError())


class ProcessWorkers:
    """Gives each task to the worker that has the fewest; another process takes the place of one that was lost."""

    def __init__(self, forks: int) -> None:
        processes = max(1, min(available_cores(), forks))
        self._threads = -(-forks // processes)
        self._lock = threading.Lock()
        self._workers = [_Worker(self._threads) for _ in range(processes)]

    def do(self, task: str, site: str) -> str:  # noqa: ARG002 - all of them are where this program is
        with self._lock:
            for position, worker in enumerate(self._workers):
                if worker.lost:
                    worker.end()
                    self._workers[position] = _Worker(self._threads)
            worker = min(self._workers, key=lambda one: len(one.waiting))
            answer = worker.send(task)
        return answer.result()

    def end(self) -> None:
        for worker in self._workers:
            worker.end()


@contextmanager
def process_workers(forks: int) -> Iterator[ProcessWorkers]:
    workers = ProcessWorkers(forks)
    try:
        yield workers
    finally:
        workers.end()
