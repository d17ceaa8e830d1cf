"""Ends what takes too long: one thread serves all links of a run, since one for each program costs more than the program."""

from __future__ import annotations

import sched
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

#: how late something may be ended
_LATE_SECONDS = 0.25


class TimeLimits:
    """Its thread begins with the first limit, and ends when none is left."""

    def __init__(self) -> None:
        self._limits = sched.scheduler()
        self._lock = threading.Lock()
        self._watched = False

    @contextmanager
    def limit(self, seconds: float, end: Callable[[], None]) -> Iterator[None]:
        """Call `end` unless the block ends in time: from a thread of its own, since it may hang at a gateway, or fail."""
        late = threading.Thread(target=end, name="ssh-too-late", daemon=True)
        limit = self._limits.enter(seconds, 0, late.start)
        with self._lock:
            if not self._watched:
                self._watched = True
                threading.Thread(target=self._watch, name="ssh-time-limits", daemon=True).start()
        try:
            yield
        finally:
            # it may be over
            with suppress(ValueError):
                self._limits.cancel(limit)

    def _watch(self) -> None:
        while True:
            self._limits.run(blocking=False)
            with self._lock:
                if self._limits.empty():
                    self._watched = False
                    return
            time.sleep(_LATE_SECONDS)
