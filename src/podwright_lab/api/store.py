"""The lab's cluster state: objects in memory with the API server's rules, for any number of threads."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from podwright_lab.api import bootstrap, namespaces, paging
from podwright_lab.api.admission import admit_create, admit_delete, admit_stored, admit_write
from podwright_lab.api.api_error import ApiError, ApiUnavailable, already_exists
from podwright_lab.api.contents import Contents, key_of
from podwright_lab.api.creation import prepared
from podwright_lab.api.decoding import decoding
from podwright_lab.api.deletion import check_uid, plan_deletion
from podwright_lab.api.event_expiry import expire_events
from podwright_lab.api.kinds import Kind, kind_of
from podwright_lab.api.listing import Page, page_of
from podwright_lab.api.objects import Json, Object, copy_of
from podwright_lab.api.patching import apply_patch
from podwright_lab.api.selectors import selector
from podwright_lab.api.updating import released, updated
from podwright_lab.api.watching import Watch

__all__ = ["ApiError", "ApiUnavailable", "Page", "Store"]

#: Changes that a watch can still be resumed from.
HISTORY = 4096


def utc_now() -> datetime:
    return datetime.now(UTC)


class Store:
    """Pods, nodes, namespaces, events and what belongs to them; every method may raise ApiError.

    `now` and `new_uid` let a test keep the clock and the identifiers. While `available` is false every method raises
    ApiUnavailable and all watches have ended; `delay`, in seconds, is slept through before each answer to a caller that
    `keeps_waiting`.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = utc_now,
        new_uid: Callable[[], str] = lambda: str(uuid.uuid4()),
        sleep: Callable[[float], object] | None = None,
        history: int = HISTORY,
    ) -> None:
        self.now = now
        self.delay = 0.0
        self.keeps_waiting: Callable[[], bool] = lambda: True
        self._new_uid = new_uid
        self._interrupted = threading.Event()
        self._sleep = sleep or self._interrupted.wait
        self._available = True
        self._contents = Contents(history)
        for kind, own in bootstrap.objects():
            self.create(kind, own)

    @property
    def available(self) -> bool:
        return self._available

    @available.setter
    def available(self, up: bool) -> None:
        with self._contents.lock:
            if up and not self._available:
                # a server that starts has an empty watch cache and writes objects of its own
                self._contents.compact()
            self._available = up
        if up:
            self._interrupted.clear()
        else:
            self.close()

    @property
    def resource_version(self) -> str:
        return str(self._contents.version)

    def create(self, kind: str, obj: Object, *, user: str = "admin", dry_run: bool = False) -> Object:
        """Add an object, completed as the API server does it."""
        served = self._enter(kind)
        with self._contents.lock, decoding(served.kind):
            read = self._contents.read
            target = prepared(served, admit_create(served, obj, user, read), self.now(), self._new_uid())
            admit_stored(served, target, read)
            if existing := read(kind).get(key_of(target)):
                deleting = "deletionTimestamp" in existing["metadata"]
                raise already_exists(served.plural, target["metadata"]["name"], being_deleted=deleting)
            if dry_run:
                return copy_of(target)
            if kind == "events":
                expire_events(self._contents, self.now())
            return copy_of(self._contents.write(served, target, "ADDED"))

    def get(self, kind: str, namespace: str | None, name: str) -> Object:
        served = self._enter(kind)
        with self._contents.lock:
            return copy_of(self._contents.find(served, namespace, name))

    def list(
        self,
        kind: str,
        namespace: str | None = None,
        label_selector: str = "",
        field_selector: str = "",
        *,
        limit: int | None = None,
        continue_token: str | None = None,
        resource_version: str | None = None,
    ) -> tuple[list[Object], str, str | None]:
        """Return the items, the version they are of, and the token of the next page if there is one."""
        asked = (kind, namespace, label_selector, field_selector)
        page = self.page(
            *asked, limit=limit, continue_token=continue_token, resource_version=resource_version
        )
        return [copy_of(item) for item in page.items], page.resource_version, page.continue_token

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
        """`list` without copies; `exact` asks for the state at `resource_version`, otherwise anything as new will do."""
        matches = selector(self._enter(kind).plural, label_selector, field_selector)
        with self._contents.lock:
            current = self._contents.version
            start = paging.start_of(continue_token, resource_version, exact=exact, current=current)
            objects = self._contents.as_of(kind, start, continued=bool(continue_token))
            selective = bool(label_selector or field_selector)
            return page_of(objects, start, namespace, matches, limit=limit, selective=selective)

    def update(
        self, kind: str, obj: Object, *, user: str = "admin", subresource: str = "", dry_run: bool = False
    ) -> Object:
        """Replace an object but for its status, if the kind has one; as `status`, its status and nothing else."""
        served = self._enter(kind)
        metadata = obj.get("metadata") or {}
        status_only = subresource == "status"
        with self._contents.lock:
            before = self._contents.find(served, metadata.get("namespace"), str(metadata.get("name", "")))
            with decoding(served.kind):
                return self._put(served, before, obj, user, status_only=status_only, dry_run=dry_run)

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
        with self._contents.lock:
            before = self._contents.find(served, namespace, name)
            check_uid(served, before, preconditions_uid)
            return self._put(served, before, before | {"status": status}, user, status_only=True)

    def patch(
        self,
        kind: str,
        namespace: str | None,
        name: str,
        patch: Json,
        *,
        patch_type: str = "merge",
        user: str = "admin",
        subresource: str = "",
        dry_run: bool = False,
    ) -> Object:
        """Change parts of an object; `patch_type` is json, merge or strategic, `subresource` empty or `status`."""
        served = self._enter(kind)
        with self._contents.lock:
            before = self._contents.find(served, namespace, name)
            with decoding(served.kind):
                after = apply_patch(patch_type, copy_of(before), patch)
                return self._put(
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
        with self._contents.lock:
            target = self._contents.find(served, namespace, name)
            admit_delete(served, target, user)
            check_uid(served, target, preconditions_uid)
            plan = plan_deletion(served, target, grace_seconds, self.now())
            if dry_run:
                return copy_of(plan.marked or target)
            if plan.marked is not None:
                target = self._contents.write(served, plan.marked, "MODIFIED")
            if plan.remove:
                target = self._remove(served, target)
            if kind == "namespaces":
                namespaces.empty(self._contents, name, self.now())
            return copy_of(target)

    def watch(
        self,
        kind: str,
        namespace: str | None = None,
        label_selector: str = "",
        field_selector: str = "",
        *,
        resource_version: str | None = None,
        bookmarks: bool = False,
        timeout: float | None = None,
        initial_events: bool = False,
        wake: Callable[[], None] | None = None,
    ) -> Watch:
        """Follow a kind from `resource_version`, or from the objects there are now; ApiError 410 if it is too old.

        `initial_events` sends the objects there are and then a bookmark that marks their end (a streaming list).
        """
        served = self._enter(kind)
        matches = selector(kind, label_selector, field_selector)
        with self._contents.lock:
            self._check_available()
            return self._contents.follow(
                served,
                namespace,
                matches,
                resource_version=resource_version,
                initial_events=initial_events,
                bookmarks=bookmarks,
                timeout=timeout,
                wake=wake,
            )

    def compact(self) -> None:
        """Forget the history: every older version is answered with 410 from now on."""
        with self._contents.lock:
            self._contents.compact()

    def close(self) -> None:
        """End all watches, and the waits of a slow store."""
        self._interrupted.set()
        self._contents.end_watches()

    def _enter(self, kind: str) -> Kind:
        if self.delay and self.keeps_waiting():
            self._sleep(self.delay)
        self._check_available()
        return kind_of(kind)

    def _check_available(self) -> None:
        if not self._available:
            raise ApiUnavailable

    def _put(
        self,
        kind: Kind,
        before: Object,
        after: Object,
        user: str,
        *,
        status_only: bool,
        dry_run: bool = False,
    ) -> Object:
        admit_write(kind, before, user, "status" if status_only else "update")
        target = updated(kind, before, after, status_only=status_only)
        if dry_run or target == before:
            # etcd is not written when nothing differs: no new version, no event
            return copy_of(target)
        if released(before, target):
            return copy_of(self._remove(kind, before))
        return copy_of(self._contents.write(kind, target, "MODIFIED"))

    def _remove(self, kind: Kind, target: Object) -> Object:
        last = self._contents.remove(kind, target)
        if kind.namespaced:
            namespaces.finish(self._contents, last["metadata"]["namespace"])
        return last
