"""The history of changes that watches are served from, until it is compacted away."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from podwright_lab.api.api_error import expired
from podwright_lab.api.objects import Object, as_json

Key = tuple[str, str]


@dataclass(slots=True)
class Change:
    """One write; `current` is the object after it, or as a deletion found it, and is never altered again."""

    version: int
    kind: str
    key: Key
    type: str
    current: Object
    previous: Object | None
    _json: bytes = field(default=b"", repr=False)

    def json(self) -> bytes:
        """The object as JSON, made once however many watches send it."""
        if not self._json:
            self._json = as_json(self.current)
        return self._json


class Journal:
    """The newest `limit` changes; the caller holds the store's lock."""

    def __init__(self, limit: int) -> None:
        self._changes: deque[Change] = deque()
        self._limit = limit
        self.compacted = 0

    def append(self, change: Change) -> None:
        self._changes.append(change)
        if len(self._changes) > self._limit:
            self.compacted = self._changes.popleft().version

    def compact(self, version: int) -> None:
        self._changes.clear()
        self.compacted = version

    def since(self, version: int, kind: str, current: int) -> list[Change]:
        """Changes of a kind newer than `version`; raises ApiError 410 if some may be missing."""
        if version < self.compacted:
            raise expired(f"too old resource version: {version} ({self.compacted})")
        if version >= current:
            return []
        return list(self._newest_first(version, kind))[::-1]

    def rewind(self, objects: dict[Key, Object], version: int, kind: str) -> dict[Key, Object]:
        """The objects as they were at `version`; raises ApiError 410 once that is compacted."""
        if version < self.compacted:
            raise expired("The resourceVersion for the provided list is too old.")
        then = dict(objects)
        for change in self._newest_first(version, kind):
            if change.previous is None:
                then.pop(change.key, None)
            else:
                then[change.key] = change.previous
        return then

    def _newest_first(self, version: int, kind: str) -> Iterator[Change]:
        for change in reversed(self._changes):
            if change.version <= version:
                return
            if change.kind == kind:
                yield change
