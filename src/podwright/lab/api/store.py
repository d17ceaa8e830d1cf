"""The lab's cluster state: objects in memory with the API server's rules, for any number of threads."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from podwright.lab.api import paging
from podwright.lab.api.admission import admit_create, admit_write
from podwright.lab.api.api_error import ApiError, ApiUnavailable, Object, already_exists, expired, not_found
from podwright.lab.api.creation import prepared
from podwright.lab.api.defaults import clone, ordered_metadata
from podwright.lab.api.deletion import check_uid, plan_deletion
from podwright.lab.api.journal import Change, Journal, Key
from podwright.lab.api.kinds import KINDS, Kind, kind_of
from podwright.lab.api.patching import apply_patch
from podwright.lab.api.selectors import Matches, selector
from podwright.lab.api.updating import updated
from podwright.lab.api.watching import Watch, WatchEvent, added, bookmark, event_of

__all__ = ["ApiError", "ApiUnavailable", "Page", "Store"]

#: Changes that a watch can still be resumed from.
HISTORY = 4096
_BUILT_IN = (
    *(("namespaces", {"metadata": {"name": name}}) for name in ("default", "kube-node-lease", "kube-public", "kube-system")),
    *(
        ("priorityclasses", {"metadata": {"name": name}, "value": value, "preemptionPolicy": "PreemptLowerPriority"})
        for name, value in (("system-cluster-critical", 2_000_000_000), ("system-node-critical", 2_000_001_000))
    ),
)


def utc_now() -> datetime:
    return datetime.now(UTC)


def random_uid() -> str:
    return str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class Page:
    """One answer to a list; the items are the store's own: read them, never alter them."""

    items: tuple[Object, ...]
    resource_version: str
    continue_token: str | None = None
    remaining: int | None = None


class Store:
    """Pods, nodes, namespaces, events and what belongs to them.

    `now` and `new_uid` let a test keep the clock and the identifiers. While `available` is false every method raises
    ApiUnavailable and all watches have ended; `delay` is slept through before each answer.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = utc_now,
        new_uid: Callable[[], str] = random_uid,
        sleep: Callable[[float], None] = time.sleep,
        history: int = HISTORY,
    ) -> None:
        self.now = now
        self.delay = 0.0
        self._new_uid = new_uid
        self._sleep = sleep
        self._lock = threading.RLock()
        self._objects: dict[str, dict[Key, Object]] = {plural: {} for plural in KINDS}
        self._journal = Journal(history)
        self._version = 1
        self._watches: set[Watch] = set()
        self._available = True
        for plural, body in _BUILT_IN:
            self.create(plural, clone(body))

    @property
    def available(self) -> bool:
        return self._available

    @available.setter
    def available(self, up: bool) -> None:
        with self._lock:
            was, self._available = self._available, up
            watches = () if up else tuple(self._watches)
            if up and not was:
                # a server that starts has an empty watch cache and writes objects of its own: old versions are gone
                self._version += 1
                self._journal.compact(self._version)
        for watch in watches:
            watch.close()

    @property
    def resource_version(self) -> str:
        return str(self._version)

    def create(self, kind: str, obj: Object, *, user: str = "admin", dry_run: bool = False) -> Object:
        """Add an object, completed as the API server does; raises ApiError."""
        served = self._enter(kind)
        with self._lock:
            admitted = admit_create(served, obj, user, self._read)
            target = prepared(served, admitted, self.now(), self._new_uid())
            key = _key(target)
            if existing := self._objects[kind].get(key):
                deleting = "deletionTimestamp" in existing["metadata"]
                raise already_exists(served.plural, key[1], being_deleted=deleting)
            return clone(target if dry_run else self._write(served, key, target, "ADDED"))

    def get(self, kind: str, namespace: str | None, name: str) -> Object:
        served = self._enter(kind)
        with self._lock:
            return clone(self._find(served, namespace, name))

    def list(
        self,
        kind: str,
        namespace: str | None = None,
        label_selector: str = "",
        field_selector: str = "",
        limit: int | None = None,
        continue_token: str | None = None,
        resource_version: str | None = None,
    ) -> tuple[list[Object], str, str | None]:
        """Return the items, the version they are of, and the token of the next page if there is one."""
        page = self.page(
            kind,
            namespace,
            label_selector,
            field_selector,
            limit=limit,
            continue_token=continue_token,
            resource_version=resource_version,
        )
        return [clone(item) for item in page.items], page.resource_version, page.continue_token

    def page(
        self,
        kind: str,
        namespace: str | None = None,
        label_selector: str = "",
        field_selector: str = "",
        *,
        limit: int | None = None,
        continue_token: str | None = None,
        resource_version: str | None = None,
        exact: bool = False,
    ) -> Page:
        """`list` without copies; `exact` asks for the state at `resource_version`, else anything as new will do."""
        served = self._enter(kind)
        matches = selector(kind, label_selector, field_selector)
        with self._lock:
            start = paging.start_of(continue_token, resource_version, exact=exact, current=self._version)
            objects = self._objects[kind]
            if start.version < self._version:
                objects = self._rewound(served, start, continued=bool(continue_token))
        found = [objects[key] for key in sorted(objects) if key > start.after and _in(namespace, key)]
        chosen, rest = paging.cut([item for item in found if matches(item)], limit)
        if not rest:
            return Page(tuple(chosen), str(start.version))
        token = paging.token(start.version, _key(chosen[-1]))
        remaining = None if label_selector or field_selector else rest
        return Page(tuple(chosen), str(start.version), token, remaining)

    def update(self, kind: str, obj: Object, *, user: str = "admin", dry_run: bool = False) -> Object:
        """Replace an object; its status stays as it is, where the kind has one."""
        return self._change(kind, obj, user, status_only=False, dry_run=dry_run)

    def update_status(
        self,
        kind: str,
        namespace: str | None,
        name: str,
        status: Object,
        *,
        user: str = "admin",
        preconditions_uid: str | None = None,
    ) -> Object:
        """Replace an object's status; `preconditions_uid` keeps it off a successor of the same name."""
        served = self._enter(kind)
        with self._lock:
            before = self._find(served, namespace, name)
            check_uid(served, before, preconditions_uid)
            return self._store_update(served, before, before | {"status": status}, user, status_only=True)

    def patch(
        self,
        kind: str,
        namespace: str | None,
        name: str,
        patch: Any,
        *,
        patch_type: str = "merge",
        user: str = "admin",
        subresource: str = "",
        dry_run: bool = False,
    ) -> Object:
        """Change parts of an object; `patch_type` is json, merge or strategic, `subresource` empty or `status`."""
        served = self._enter(kind)
        with self._lock:
            before = self._find(served, namespace, name)
            after = apply_patch(patch_type, clone(before), patch)
            return self._store_update(
                served, before, after, user, status_only=subresource == "status", dry_run=dry_run
            )

    def delete(
        self,
        kind: str,
        namespace: str | None,
        name: str,
        *,
        grace_seconds: int | None = None,
        preconditions_uid: str | None = None,
        user: str = "admin",
        dry_run: bool = False,
    ) -> Object:
        """Delete or mark for deletion; returns the object as it is then, or as it last was."""
        served = self._enter(kind)
        with self._lock:
            target = self._find(served, namespace, name)
            admit_write(served, target, user, "delete")
            check_uid(served, target, preconditions_uid)
            plan = plan_deletion(served, target, grace_seconds, self.now())
            if dry_run:
                return clone(plan.marked or target)
            if plan.marked is not None:
                target = self._write(served, _key(target), plan.marked, "MODIFIED")
            if plan.remove:
                target = self._remove(served, target)
            if kind == "namespaces":
                self._empty_namespace(name)
            return clone(target)

    def watch(
        self,
        kind: str,
        namespace: str | None = None,
        label_selector: str = "",
        field_selector: str = "",
        resource_version: str | None = None,
        bookmarks: bool = False,
        timeout: float | None = None,
        *,
        initial_events: bool = False,
        wake: Callable[[], None] | None = None,
    ) -> Watch:
        """Follow a kind from `resource_version`, or from the objects there are now; raises ApiError 410 if too old.

        `initial_events` sends the objects there are and then a bookmark that says so (a streaming list).
        """
        served = self._enter(kind)
        matches = selector(kind, label_selector, field_selector)
        with self._lock:
            first = self._first_events(served, namespace, matches, resource_version, initial_events)
            watch = Watch(
                served,
                matches,
                first,
                namespace=namespace,
                timeout=timeout,
                bookmarks=(lambda: self._version) if bookmarks else None,
                wake=wake,
                on_close=self._watches.discard,
            )
            self._watches.add(watch)
        return watch

    def compact(self) -> None:
        """Forget the history: every older version is answered with 410 from now on."""
        with self._lock:
            self._version += 1
            self._journal.compact(self._version)

    def close(self) -> None:
        """End all watches."""
        with self._lock:
            watches = tuple(self._watches)
        for watch in watches:
            watch.close()

    def _enter(self, kind: str) -> Kind:
        if self.delay:
            self._sleep(self.delay)
        if not self._available:
            raise ApiUnavailable
        return kind_of(kind)

    def _read(self, kind: str) -> dict[Key, Object]:
        return self._objects[kind]

    def _find(self, kind: Kind, namespace: str | None, name: str) -> Object:
        try:
            return self._objects[kind.plural][(namespace or "" if kind.namespaced else "", name)]
        except KeyError:
            raise not_found(kind.plural, name, kind.group) from None

    def _change(self, kind: str, obj: Object, user: str, *, status_only: bool, dry_run: bool) -> Object:
        served = self._enter(kind)
        metadata = obj.get("metadata") or {}
        with self._lock:
            before = self._find(served, metadata.get("namespace"), str(metadata.get("name", "")))
            return self._store_update(served, before, obj, user, status_only=status_only, dry_run=dry_run)

    def replace_status(self, kind: str, obj: Object, *, user: str = "admin", dry_run: bool = False) -> Object:
        """Take over the status of `obj`, and refuse it where its resourceVersion is old."""
        return self._change(kind, obj, user, status_only=True, dry_run=dry_run)

    def _store_update(
        self, kind: Kind, before: Object, after: Object, user: str, *, status_only: bool, dry_run: bool = False
    ) -> Object:
        admit_write(kind, before, user, "status" if status_only else "update")
        target = updated(kind, before, after, status_only=status_only)
        if dry_run or target == before:
            # etcd is not written when nothing differs: no new version, no event
            return clone(target)
        if _released(before, target):
            return clone(self._remove(kind, before))
        return clone(self._write(kind, _key(before), target, "MODIFIED"))

    def _write(self, kind: Kind, key: Key, target: Object, change_type: str) -> Object:
        self._version += 1
        target["metadata"] = ordered_metadata(target["metadata"] | {"resourceVersion": str(self._version)})
        previous = self._objects[kind.plural].get(key)
        self._objects[kind.plural][key] = target
        self._tell(Change(self._version, kind.plural, key, change_type, target, previous))
        return target

    def _remove(self, kind: Kind, target: Object) -> Object:
        key = _key(target)
        self._version += 1
        previous = self._objects[kind.plural].pop(key)
        last = target | {"metadata": target["metadata"] | {"resourceVersion": str(self._version)}}
        self._tell(Change(self._version, kind.plural, key, "DELETED", last, previous))
        if kind.plural == "pods":
            self._finish_namespace(key[0])
        return last

    def _tell(self, change: Change) -> None:
        self._journal.append(change)
        for watch in tuple(self._watches):
            if watch.kind.plural == change.kind:
                watch.offer(change)

    def _first_events(
        self, kind: Kind, namespace: str | None, matches: Matches, version: str | None, initial_events: bool
    ) -> list[WatchEvent]:
        if version in (None, "", "0") or initial_events:
            objects = self._objects[kind.plural]
            now = [added(objects[key]) for key in sorted(objects) if _in(namespace, key) and matches(objects[key])]
            return [*now, bookmark(kind, self._version, initial_events_end=True)] if initial_events else now
        since = self._journal.since(paging.version_of(version), kind.plural, self._version)
        events = (event_of(change, matches) for change in since if _in(namespace, change.key))
        return [event for event in events if event is not None]

    def _rewound(self, kind: Kind, start: paging.Start, *, continued: bool) -> dict[Key, Object]:
        try:
            return self._journal.rewind(self._objects[kind.plural], start.version, kind.plural)
        except ApiError:
            if continued:
                raise expired(paging.CONTINUE_EXPIRED) from None
            raise

    def _empty_namespace(self, name: str) -> None:
        """Do the namespace controller's work: pods are deleted as anyone would, the namespace goes after the last."""
        namespace = self._objects["namespaces"][("", name)]
        terminating = namespace | {"status": {"phase": "Terminating"}}
        if terminating != namespace:
            self._write(KINDS["namespaces"], ("", name), clone(terminating), "MODIFIED")
        for kind in KINDS.values():
            for key in [key for key in self._objects[kind.plural] if kind.namespaced and key[0] == name]:
                target = self._objects[kind.plural][key]
                plan = plan_deletion(kind, target, None, self.now())
                if plan.marked is not None:
                    target = self._write(kind, key, plan.marked, "MODIFIED")
                if plan.remove:
                    self._remove(kind, target)
        self._finish_namespace(name)

    def _finish_namespace(self, name: str) -> None:
        namespace = self._objects["namespaces"].get(("", name))
        if namespace is None or "deletionTimestamp" not in namespace["metadata"]:
            return
        if not any(key[0] == name for kind in KINDS.values() if kind.namespaced for key in self._objects[kind.plural]):
            self._remove(KINDS["namespaces"], namespace)


def _key(target: Object) -> Key:
    return target["metadata"].get("namespace", ""), target["metadata"]["name"]


def _in(namespace: str | None, key: Key) -> bool:
    return not namespace or key[0] == namespace


def _released(before: Object, after: Object) -> bool:
    """Whether this update takes away the last finalizer of an object that only finalizers hold."""
    metadata = before["metadata"]
    held = "deletionTimestamp" in metadata and bool(metadata.get("finalizers"))
    return held and not after["metadata"].get("finalizers") and not metadata.get("deletionGracePeriodSeconds")
