"""The objects themselves: every write counts the version up, is kept in the journal and sent to the watches."""

from __future__ import annotations

import threading
from collections.abc import Callable

from podwright_lab.api import paging
from podwright_lab.api.api_error import ApiError, expired, not_found
from podwright_lab.api.defaults import ordered_metadata
from podwright_lab.api.journal import Change, Journal, Key
from podwright_lab.api.kinds import KINDS, Kind
from podwright_lab.api.objects import Object
from podwright_lab.api.selectors import Matches
from podwright_lab.api.watching import Watch, WatchEvent, added, bookmark, event_of


def key_of(target: Object) -> Key:
    return target["metadata"].get("namespace", ""), target["metadata"]["name"]


class Contents:
    """Objects are never altered once they are in: a change puts a new one in the old one's place.

    Whoever calls more than one method for one answer holds `lock` meanwhile.
    """

    def __init__(self, history: int) -> None:
        self.lock = threading.RLock()
        self.version = 1
        self._objects: dict[str, dict[Key, Object]] = {plural: {} for plural in KINDS}
        self._journal = Journal(history)
        self._watches: set[Watch] = set()

    def read(self, plural: str) -> dict[Key, Object]:
        """All objects of a kind, by namespace and name."""
        return self._objects[plural]

    def find(self, kind: Kind, namespace: str | None, name: str) -> Object:
        """Raises ApiError 404."""
        try:
            return self._objects[kind.plural][namespace or "" if kind.namespaced else "", name]
        except KeyError:
            raise not_found(kind.plural, name, kind.group) from None

    def write(self, kind: Kind, target: Object, change_type: str) -> Object:
        """Put an object in, ADDED or MODIFIED, and return it with its new version."""
        self.version += 1
        stored = target | {
            "metadata": ordered_metadata(target["metadata"] | {"resourceVersion": str(self.version)})
        }
        key = key_of(stored)
        previous = self._objects[kind.plural].get(key)
        self._objects[kind.plural][key] = stored
        self._tell(Change(self.version, kind.plural, key, change_type, stored, previous))
        return stored

    def remove(self, kind: Kind, target: Object) -> Object:
        """Take an object out; it is returned as its watchers see it last."""
        self.version += 1
        key = key_of(target)
        previous = self._objects[kind.plural].pop(key)
        last = target | {"metadata": target["metadata"] | {"resourceVersion": str(self.version)}}
        self._tell(Change(self.version, kind.plural, key, "DELETED", last, previous))
        return last

    def _tell(self, change: Change) -> None:
        self._journal.append(change)
        for watch in tuple(self._watches):
            if watch.kind.plural == change.kind:
                watch.offer(change)

    def compact(self) -> None:
        """Forget the history; the version moves on, so that every older one is too old."""
        self.version += 1
        self._journal.compact(self.version)

    def as_of(self, plural: str, start: paging.Start, *, continued: bool) -> dict[Key, Object]:
        """The objects of a kind at a version; raises ApiError 410."""
        if start.version >= self.version:
            return self._objects[plural]
        try:
            return self._journal.rewind(self._objects[plural], start.version, plural)
        except ApiError:
            if continued:
                raise expired(paging.CONTINUE_EXPIRED) from None
            raise

    def follow(
        self,
        kind: Kind,
        namespace: str | None,
        matches: Matches,
        *,
        resource_version: str | None,
        initial_events: bool,
        bookmarks: bool,
        timeout: float | None,
        wake: Callable[[], None] | None,
    ) -> Watch:
        """Raises ApiError 400 and 410."""
        watch = Watch(
            kind,
            matches,
            self._first_events(kind, namespace, matches, resource_version, initial_events=initial_events),
            namespace=namespace,
            timeout=timeout,
            bookmarks=self._bookmark_version if bookmarks else None,
            wake=wake,
            on_close=self._forget,
        )
        self._watches.add(watch)
        return watch

    def _first_events(
        self,
        kind: Kind,
        namespace: str | None,
        matches: Matches,
        version: str | None,
        *,
        initial_events: bool,
    ) -> list[WatchEvent]:
        if version in (None, "", "0") or initial_events:
            objects = sorted(self._objects[kind.plural].items())
            now = [added(target) for key, target in objects if within(namespace, key) and matches(target)]
            return [*now, bookmark(kind, self.version, initial_events_end=True)] if initial_events else now
        since = self._journal.since(paging.version_of(version), kind.plural, self.version)
        events = (event_of(change, matches) for change in since if within(namespace, change.key))
        return [event for event in events if event is not None]

    def _bookmark_version(self, watch: Watch) -> int | None:
        """The version up to which a watch has been given everything, `None` while it has yet to send some of it."""
        with self.lock:
            return None if watch.has_unread else self.version

    def _forget(self, watch: Watch) -> None:
        with self.lock:
            self._watches.discard(watch)

    def end_watches(self) -> None:
        with self.lock:
            watches = tuple(self._watches)
        for watch in watches:
            watch.close()


def within(namespace: str | None, key: Key) -> bool:
    return not namespace or key[0] == namespace
