"""Cuts a link whose deadline has passed: paramiko has waits without one, and a hostile node finds them."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(order=True, slots=True)
class Guard:
    """One deadline; `fired` once its action was taken."""

    due: float
    number: int
    action: Callable[[], None] = field(compare=False)
    fired: bool = field(default=False, compare=False)
    done: bool = field(default=False, compare=False)


class Deadlines:
    """One daemon thread, started by the first guard, watches over all links of a run."""

    def __init__(self) -> None:
        self._guards: list[Guard] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False

    @contextmanager
    def bound(self, seconds: float, action: Callable[[], None]) -> Iterator[Guard]:
        """Take `action`, from another thread, if the block is not left within `seconds`."""
        guard = Guard(time.monotonic() + seconds, next(self._numbers), action)
        with self._changed:
            heapq.heappush(self._guards, guard)
            self._start()
            if self._guards[0] is guard:
                self._changed.notify()
        try:
            yield guard
        finally:
            with self._changed:
                guard.done = True
                # the thread throws guards away when they are due; long runs of short ones must not pile up
                if len(self._guards) > 256 and sum(g.done for g in self._guards) > len(self._guards) // 2:
                    self._guards = [g for g in self._guards if not g.done]
                    heapq.heapify(self._guards)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()

    def _start(self) -> None:
        self._closed = False
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._watch, name="ssh-deadlines", daemon=True)
            self._thread.start()

    def _watch(self) -> None:
        while True:
            with self._changed:
                while not self._due():
                    if self._closed:
                        self._thread = None
                        return
                    self._changed.wait(self._guards[0].due - time.monotonic() if self._guards else None)
                guard = heapq.heappop(self._guards)
                if guard.done:
                    continue
                guard.fired = True
            guard.action()

    def _due(self) -> bool:
        return bool(self._guards) and (self._guards[0].done or self._guards[0].due <= time.monotonic())
