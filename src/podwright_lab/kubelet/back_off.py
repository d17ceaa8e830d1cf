"""How long to wait before something that failed is tried again (`client-go/util/flowcontrol/backoff.go`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key")


@dataclass(slots=True)
class _Entry:
    seconds: float
    updated: float


class BackOff(Generic[Key]):
    """Waits that double from `first` to `limit`, and start over after twice the limit without a failure."""

    def __init__(self, first: float, limit: float) -> None:
        self._first = first
        self._limit = limit
        self._entries: dict[Key, _Entry] = {}

    def remaining(self, key: Key, since: float, now: float) -> float:
        """Seconds still to wait after an end at `since`; 0 when it may be tried."""
        entry = self._entries.get(key)
        if entry is None or self._stale(entry, since):
            return 0.0
        return max(0.0, entry.seconds - (now - since))

    def seconds(self, key: Key) -> float:
        entry = self._entries.get(key)
        return 0.0 if entry is None else entry.seconds

    def next(self, key: Key, since: float, now: float) -> None:
        """It is tried now: the next wait is twice as long."""
        entry = self._entries.get(key)
        if entry is None or self._stale(entry, since):
            self._entries[key] = _Entry(self._first, now)
            return
        entry.seconds, entry.updated = min(entry.seconds * 2, self._limit), now

    def _stale(self, entry: _Entry, since: float) -> bool:
        return since - entry.updated > 2 * self._limit

    def forget(self, keys: list[Key]) -> None:
        for key in keys:
            self._entries.pop(key, None)

    def keys(self) -> list[Key]:
        return list(self._entries)
