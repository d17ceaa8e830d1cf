"""Ctrl-C and its kin: after the first what was begun is finished and nothing more is begun, the second cuts it off."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from podwright.errors import PodwrightError

#: what asks a run to end: a person, an init system or cron, a terminal that goes away
END_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
#: how long nodes may take to report what is known of them after a second Ctrl-C
CUT_SECONDS = 2.0


class NotBegunError(PodwrightError):
    """The run went no further before it came to this node."""


class InterruptedRunError(NotBegunError):
    """Ctrl-C came before this node's turn."""

    def __init__(self) -> None:
        super().__init__("not begun: interrupted", hint="run the same command again")


class LeftRunError(PodwrightError):
    """A second Ctrl-C came while work on this node was under way."""

    def __init__(self) -> None:
        super().__init__(
            "interrupted while applying changes; the node's state is unknown",
            hint="`podwright manifest status` shows what is there; then run the same command again",
        )


class Interruption:
    """Whether an end was requested: what was begun is finished, nothing new begins; once it is `impatient`, all ends now.

    `heard` is called at the first Ctrl-C, in a signal handler: it may do next to nothing.
    """

    def __init__(self, heard: Callable[[], None] = lambda: None) -> None:
        self._asked = threading.Event()
        self._impatient = threading.Event()
        self._heard = heard

    def ask(self) -> None:
        """The first time: finish what was begun. The second time: wait for nothing."""
        if self._asked.is_set():
            self._impatient.set()
        else:
            self._asked.set()
            self._heard()

    def of_what_was_begun(self) -> Interruption:
        """For nodes that are asked so as to finish what was begun: only the second Ctrl-C ends that."""
        made = Interruption()
        made._asked = made._impatient = self._impatient
        return made

    @property
    def impatient(self) -> bool:
        return self._impatient.is_set()

    def __call__(self) -> bool:
        return self._asked.is_set()


@contextmanager
def signals_ask(interruption: Interruption) -> Iterator[None]:
    """Signals ask instead of raising at any instant, and so in the middle of handing out nodes or keeping results.

    Only signals that would raise KeyboardInterrupt are taken over: one that is ignored (`nohup`) stays so. A third
    Ctrl-C is raised.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        if interruption.impatient:
            raise KeyboardInterrupt
        interruption.ask()

    taken = [number for number in END_SIGNALS if signal.getsignal(number) is signal.default_int_handler]
    for number in taken:
        signal.signal(number, on_signal)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.default_int_handler)
