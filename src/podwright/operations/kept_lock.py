"""Holds a lock on a node from one program to the next, for what must stay together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

from msgspec.structs import replace

from podwright.errors import HostError
from podwright.operations.explain_stop import explain_stop
from podwright.operations.interruption import Interruption
from podwright.plan.events import LockAwaited, LockHeld, StepFailed
from podwright.plan.observed import ObservedLock
from podwright.remote.host import Host
from podwright.remote.node.apply import Events, WriteOrder, apply

#: beyond the time for which the lock is waited
_PROGRAM_SECONDS = 60.0


class LockedError(HostError):
    """Another run has the lock, of that `id` and `owner`."""

    def __init__(self, message: str, hint: str, lock: ObservedLock) -> None:
        super().__init__(message, hint)
        self.id, self.owner = lock.id, lock.owner


@contextmanager
def kept_lock(host: Host, order: WriteOrder, interruption: Interruption) -> Iterator[None]:
    """Raises LockedError, or HostError and its kinds. Who knows its id may extend it; at the end it is released."""
    _take(host, order, interruption)
    try:
        yield
    finally:
        # it is extended for a moment, and goes with that program; if that fails, it expires
        with suppress(HostError), closing(_events(host, replace(order, lock_wait=0))) as events:
            for _ in events:
                pass


def _take(host: Host, order: WriteOrder, interruption: Interruption) -> None:
    with closing(_events(host, replace(order, lock_kept=True))) as events:
        for event in events:
            match event:
                case LockAwaited(lock) if interruption():
                    raise LockedError("interrupted while it waited for a lock", "", lock)
                case LockHeld(lock):
                    stop = explain_stop(event, order.observation)
                    raise LockedError(str(stop), stop.hint, lock)
                case StepFailed():
                    stop = explain_stop(event, order.observation)
                    raise HostError(str(stop), stop.hint)


def _events(host: Host, order: WriteOrder) -> Events:
    return apply(order.observation.node, host, order, timeout=order.lock_wait + _PROGRAM_SECONDS)
