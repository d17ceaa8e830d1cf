"""One client's view of the changes to a kind: what it has not read yet, and the wait for more."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from podwright_lab.api.journal import Change
from podwright_lab.api.kinds import Kind
from podwright_lab.api.objects import Object, as_json
from podwright_lab.api.selectors import Matches

#: A watcher that reads nothing is cut off after so many changes, as the API server does.
MAX_UNREAD = 10_000


@dataclass(frozen=True, slots=True)
class WatchEvent:
    """`type` is ADDED, MODIFIED, DELETED or BOOKMARK; `object` is the store's own: read it, never alter it."""

    type: str
    object: Object
    encoded: Callable[[], bytes]

    def line(self) -> bytes:
        """The event as a watch sends it."""
        return b'{"type":"%s","object":%s}\n' % (self.type.encode(), self.encoded())

    def as_dict(self) -> Object:
        return {"type": self.type, "object": self.object}


def event_of(change: Change, matches: Matches) -> WatchEvent | None:
    """What a selector lets through: an object that stops to match is deleted, one that starts to is added.

    (`staging/src/k8s.io/apiserver/pkg/storage/cacher/cache_watcher.go`, `convertToWatchEvent`)
    """
    after = change.type != "DELETED" and matches(change.current)
    before = change.previous is not None and matches(change.previous)
    if after:
        return WatchEvent("MODIFIED" if before else "ADDED", change.current, change.json)
    if not before:
        return None
    if change.type == "DELETED":
        return WatchEvent("DELETED", change.current, change.json)
    assert change.previous is not None  # noqa: S101 - `before` guarantees it
    last = change.previous | {
        "metadata": change.previous["metadata"] | {"resourceVersion": str(change.version)}
    }
    return WatchEvent("DELETED", last, lambda: as_json(last))


def added(target: Object) -> WatchEvent:
    """An object that was there when the watch began."""
    return WatchEvent("ADDED", target, lambda: as_json(target))


def bookmark(kind: Kind, version: int, *, initial_events_end: bool = False) -> WatchEvent:
    metadata: Object = {"resourceVersion": str(version), "creationTimestamp": None}
    if initial_events_end:
        metadata["annotations"] = {"k8s.io/initial-events-end": "true"}
    target: Object = {"kind": kind.kind, "apiVersion": kind.api_version, "metadata": metadata}
    return WatchEvent("BOOKMARK", target, lambda: as_json(target))


class Watch:
    """Iterates over events until its timeout, `close()`, or the end of the API server.

    `wake`, if given, is called whenever there is something new to `pending()`, so that a stand-in with a clock of
    its own needs no thread. The store is locked meanwhile: `wake` may neither call it nor wait for anything.
    """

    def __init__(
        self,
        kind: Kind,
        matches: Matches,
        first: list[WatchEvent],
        *,
        namespace: str | None,
        timeout: float | None,
        bookmarks: Callable[[Watch], int | None] | None,
        wake: Callable[[], None] | None,
        on_close: Callable[[Watch], None],
    ) -> None:
        self.kind = kind
        self.namespace = namespace
        self._matches = matches
        self._unread = deque(first)
        self._ready = threading.Condition()
        self._closed = False
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self._bookmarks = bookmarks
        self._wake = wake
        self._on_close = on_close

    def offer(self, change: Change) -> None:
        """Take in a change that the store has just made."""
        if self.namespace is not None and change.key[0] != self.namespace:
            return
        event = event_of(change, self._matches)
        if event is None:
            return
        with self._ready:
            if self._closed:
                return
            self._unread.append(event)
            self._closed = self._closed or len(self._unread) > MAX_UNREAD
            self._ready.notify_all()
        if self._wake is not None:
            self._wake()

    def pending(self) -> tuple[WatchEvent, ...]:
        """Take what is there, without waiting."""
        with self._ready:
            events = tuple(self._unread)
            self._unread.clear()
        return events

    def wait(self, timeout: float) -> tuple[WatchEvent, ...] | None:
        """Take what comes within `timeout` seconds; empty after a pause, `None` once the watch is over."""
        deadline = time.monotonic() + timeout
        with self._ready:
            while not self._unread and not self._closed:
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    break
                self._ready.wait(remaining)
            if not self._unread and self._closed:
                return None
            events = tuple(self._unread)
            self._unread.clear()
        return events

    def batches(
        self, *, bookmark_after: float = 60.0, look_after: float | None = None
    ) -> Iterator[tuple[WatchEvent, ...]]:
        """Events as they come, several at once where they do.

        Bookmarks, if asked for, come after a pause and at the end. With `look_after`, an empty batch comes after so
        many seconds without news, for a caller that has something else to look at.
        """
        quiet_since = time.monotonic()
        while True:
            events = self.wait(self._patience(quiet_since, bookmark_after, look_after))
            if events is None:
                return
            over = self._deadline is not None and time.monotonic() >= self._deadline
            if (
                not events
                and self._bookmarks is not None
                and (over or time.monotonic() - quiet_since >= bookmark_after)
            ):
                events = self._bookmark(self._bookmarks)
            if events:
                quiet_since = time.monotonic()
            if events or look_after is not None:
                yield events
            if over:
                self.close()
                return

    def _bookmark(self, version_for: Callable[[Watch], int | None]) -> tuple[WatchEvent, ...]:
        version = version_for(self)
        # what came in meanwhile goes first: a client may resume from a bookmark
        return self.pending() if version is None else (bookmark(self.kind, version),)

    @property
    def has_unread(self) -> bool:
        return bool(self._unread)

    def _patience(self, quiet_since: float, bookmark_after: float, look_after: float | None) -> float:
        now = time.monotonic()
        limits = [max(0.0, quiet_since + bookmark_after - now)] if self._bookmarks is not None else []
        if self._deadline is not None:
            limits.append(max(0.0, self._deadline - now))
        if look_after is not None:
            limits.append(look_after)
        return min(limits, default=60.0)

    def __iter__(self) -> Iterator[Object]:
        for events in self.batches():
            for event in events:
                yield event.as_dict()

    @property
    def closed(self) -> bool:
        return self._closed

    def close(self) -> None:
        """End the watch; a reader that waits returns after what was still unread."""
        with self._ready:
            self._closed = True
            self._ready.notify_all()
        self._on_close(self)

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
