"""Lists in pages and watches: whole sets at one version, and the changes that follow it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from msgspec.structs import replace

from podwright.errors import ClusterAnswerError, ClusterError, ClusterTimeoutError
from podwright.plan.observed import MirrorPod
from podwright.remote.kube.errors import one_line
from podwright.remote.kube.http import KubeHttp
from podwright.remote.kube.json_parts import JsonObject, object_of, objects_of, text_of
from podwright.remote.kube.mirror_watch import MAX_PODS
from podwright.remote.kube.objects import mirror_pod, pod_ref
from podwright.remote.kube.pod_feed import ChangeKind, PodChange, PodList, VersionGoneError
from podwright.remote.kube.request import Request
from podwright.remote.kube.responses import parse_object

PAGE_SIZE = 500
_PODS = "/api/v1/pods"
_RESTARTS = 3
#: The server ends a watch after this long, so that a dead stream is noticed soon after.
_WATCH_SECONDS = 25
_WATCH_GRACE_SECONDS = 10.0
_KINDS = frozenset(kind.value for kind in ChangeKind)
_MAX_VERSION = 200
#: for all pages together; each page has the client's own timeout
_LIST_SECONDS = 120.0
_MAX_CONTINUE = 64 << 10
_MAX_PAGES = 1_000
#: in one watch, of at most 35 s; 10,000 pods that all start make some 60,000
MAX_CHANGES = 200_000
_Item = TypeVar("_Item")


def list_items(
    http: KubeHttp, request: Request, read: Callable[[JsonObject], _Item], most: int
) -> tuple[tuple[_Item, ...], str]:
    """All items, each as `read` makes it, and the list's resourceVersion; raises ClusterError, also past `most`.

    If the API forgets the version between two pages (410) the list starts again, the last time in one piece,
    as client-go's `tools/pager` does.
    """
    for _ in range(_RESTARTS):
        try:
            return _read_pages(http, _with(request, ("limit", str(PAGE_SIZE))), read, most)
        except VersionGoneError:
            continue
    return _read_pages(http, request, read, most)


def list_pods(http: KubeHttp, label_selector: str) -> PodList:
    """All pods that match; those without a name are skipped."""
    request = _with(Request("list", "pods", _PODS), ("labelSelector", label_selector))
    pods, version = list_items(http, request, _pod_if_named, MAX_PODS)
    return PodList(tuple(pod for pod in pods if pod is not None), version)


class KubeFeed:
    """The PodFeed of a real API; `cancel` ends its KubeHttp for good."""

    def __init__(self, http: KubeHttp) -> None:
        self._http = http

    def list_pods(self, label_selector: str) -> PodList:
        return list_pods(self._http, label_selector)

    @contextmanager
    def watch_pods(self, label_selector: str, version: str) -> Iterator[Iterator[PodChange]]:
        request = _with(
            Request("watch", "pods", _PODS),
            ("watch", "1"),
            ("allowWatchBookmarks", "true"),
            ("resourceVersion", version),
            ("timeoutSeconds", str(_WATCH_SECONDS)),
            ("labelSelector", label_selector),
        )
        with self._http.stream(request, _WATCH_SECONDS + _WATCH_GRACE_SECONDS) as lines:
            yield _changes(lines, request)

    def cancel(self) -> None:
        self._http.close()


def _changes(lines: Iterator[bytes], request: Request) -> Iterator[PodChange]:
    for number, line in enumerate(lines):
        if number >= MAX_CHANGES:
            raise ClusterAnswerError(f"the API sent more than {MAX_CHANGES} changes in one watch")
        change = read_change(line, request)
        if change is not None:
            yield change


def read_change(line: bytes, request: Request) -> PodChange | None:
    """Read one watch event; None for a kind that does not concern us.

    Raises VersionGoneError for an ERROR event of code 410, ClusterAnswerError for other ERROR events.
    """
    event = parse_object(line, request)
    thing = object_of(event, "object")
    kind = text_of(event, "type")
    if kind == "ERROR":
        raise _error_event(thing, request)
    if kind not in _KINDS:
        return None
    version = _version(thing)
    if kind == ChangeKind.BOOKMARK:
        return PodChange(ChangeKind.BOOKMARK, version) if version else None
    pod = _pod_if_named(thing)
    if not version or pod is None:
        raise ClusterAnswerError("the API sent a watch event without a name or version")
    return PodChange(ChangeKind(kind), version, pod)


def _read_pages(
    http: KubeHttp, request: Request, read: Callable[[JsonObject], _Item], most: int
) -> tuple[tuple[_Item, ...], str]:
    items: list[_Item] = []
    give_up = time.monotonic() + _LIST_SECONDS
    token = ""
    for _ in range(_MAX_PAGES):
        page = http.get(_with(request, ("continue", token))) or {}
        if not isinstance(page.get("items"), list | None):
            raise ClusterAnswerError(f"the API answered {request} with something that is not a list")
        items += map(read, objects_of(page, "items"))
        last, token = token, text_of(object_of(page, "metadata"), "continue", _MAX_CONTINUE)
        if len(items) > most or (token and token == last):
            break
        if not token:
            return tuple(items), _version(page)
        if time.monotonic() > give_up:
            raise ClusterTimeoutError(f"the API did not answer {request} within {_LIST_SECONDS:g} s")
    raise ClusterAnswerError(f"the API answered {request} with a list that does not end")


def _with(request: Request, *query: tuple[str, str]) -> Request:
    """The request with more of a query, without what is empty."""
    return replace(request, query=(*request.query, *(pair for pair in query if pair[1])))


def _pod_if_named(thing: JsonObject) -> MirrorPod | None:
    return mirror_pod(thing) if pod_ref(thing) is not None else None


def _version(thing: JsonObject) -> str:
    return text_of(object_of(thing, "metadata"), "resourceVersion", _MAX_VERSION)


def _error_event(status: JsonObject, request: Request) -> ClusterError:
    message = one_line(text_of(status, "message"))
    if status.get("code") == 410 or text_of(status, "reason") in {"Expired", "Gone"}:
        return VersionGoneError(f"the API no longer knows the version that we hold ({request})")
    return ClusterAnswerError(f"the API ended the watch: {message}" if message else "the API ended the watch")
