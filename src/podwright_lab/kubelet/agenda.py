"""What happens when: a queue of timed actions, and processes that sleep and wait, on a clock that is handed in."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator
from typing import Any

Action = Callable[[], object]


class Scope:
    """What is scheduled in a scope ends with it: a kubelet's plans die with the kubelet.

    In a frozen one nothing happens until `Agenda.thaw`, and then all that was due.
    """

    __slots__ = ("alive", "frozen", "held")

    def __init__(self) -> None:
        self.alive = True
        self.frozen = False
        self.held: list[Action] = []

    def close(self) -> None:
        self.alive = False


class Signal:
    """Something that processes wait for; `fire` lets all of them go on."""

    __slots__ = ("_agenda", "_waiting")

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda
        self._waiting: list[tuple[Process, Scope]] = []

    def add(self, process: Process, scope: Scope) -> None:
        self._waiting.append((process, scope))

    def fire(self) -> None:
        waiting, self._waiting = self._waiting, []
        for process, scope in waiting:
            self._agenda.spawn(process, scope)


#: A process yields the seconds that it sleeps, or the signal that it waits for.
Process = Generator[float | Signal, None, Any]


class Agenda:
    """Runs actions in the order of their times; those of one time in the order in which they were scheduled.

    `on_bug`, if given, gets what an action raised; the others go on.
    """

    def __init__(self, on_bug: Callable[[Exception], None] | None = None) -> None:
        self.now = 0.0
        self._on_bug = on_bug
        self._heap: list[tuple[float, int, Scope | None, Action]] = []
        self._count = 0

    def call_at(self, when: float, action: Action, scope: Scope | None = None) -> None:
        self._count += 1
        heapq.heappush(self._heap, (max(when, self.now), self._count, scope, action))

    def call_after(self, seconds: float, action: Action, scope: Scope | None = None) -> None:
        self.call_at(self.now + seconds, action, scope)

    def spawn(self, process: Process, scope: Scope) -> None:
        """Let a process take its next step as soon as what is due before it is done."""
        self.call_at(self.now, lambda: self._step(process, scope), scope)

    def every(self, seconds: float, action: Action, scope: Scope) -> None:
        """Call `action` after `seconds` and again after each further `seconds`, from the start and not from the last end."""
        self._repeat(self.now + seconds, seconds, action, scope)

    def _repeat(self, when: float, seconds: float, action: Action, scope: Scope) -> None:
        def run() -> None:
            action()
            # a machine that slept does not catch up: Go's tickers drop ticks
            self._repeat(max(when + seconds, self.now), seconds, action, scope)

        self.call_at(when, run, scope)

    def _step(self, process: Process, scope: Scope) -> None:
        try:
            wanted = next(process)
        except StopIteration:
            return
        if isinstance(wanted, Signal):
            wanted.add(process, scope)
        else:
            self.call_at(self.now + wanted, lambda: self._step(process, scope), scope)

    @property
    def next_time(self) -> float | None:
        """When there is something to do; `None` means never."""
        while self._heap and self._dead(self._heap[0][2]):
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def run_until(self, when: float) -> None:
        """Do all that is due by `when`, and set the clock to it."""
        while (due := self.next_time) is not None and due <= when:
            self.now = max(self.now, due)
            _, _, scope, action = heapq.heappop(self._heap)
            if scope is not None and scope.frozen:
                scope.held.append(action)
            else:
                self._run(action)
        self.now = max(self.now, when)

    def thaw(self, scope: Scope) -> None:
        """Let happen now what was due while the scope was frozen."""
        held, scope.held = scope.held, []
        scope.frozen = False
        for action in held:
            self.call_after(0, action, scope)

    def _run(self, action: Action) -> None:
        try:
            action()
        except Exception as error:
            if self._on_bug is None:
                raise
            self._on_bug(error)

    @staticmethod
    def _dead(scope: Scope | None) -> bool:
        return scope is not None and not scope.alive
