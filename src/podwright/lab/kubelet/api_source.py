"""Follows this node's pods in the API, the kubelet's second source (`pkg/kubelet/config/apiserver.go`)."""

from __future__ import annotations

from collections.abc import Callable

from podwright.lab.api.api_error import ApiError, ApiUnavailable, Object
from podwright.lab.api.store import Store
from podwright.lab.kubelet.agenda import Agenda, Scope
from podwright.lab.kubelet.mirror_feed import MirrorFeed
from podwright.lab.kubelet.static_pod import uid_of
from podwright.lab.kubelet.timing import Timing

#: What the source says of one pod: its object, and whether it is still there.
Tell = Callable[[Object, bool], None]


class ApiSource:
    """Lists, then follows; after a lost connection it lists again, so that nothing deleted meanwhile stays."""

    def __init__(
        self,
        node_name: str,
        store: Store,
        feed: MirrorFeed,
        agenda: Agenda,
        scope: Scope,
        timing: Timing,
        tell: Tell,
    ) -> None:
        self._node_name = node_name
        self._store = store
        self._feed = feed
        self._agenda = agenda
        self._scope = scope
        self._timing = timing
        self._tell = tell
        self._known: dict[str, Object] = {}
        self._listed_at = 0
        self.ready = False

    def start(self) -> None:
        self._list()

    def _list(self) -> None:
        try:
            self._feed.follow(self._node_name, self._event, self._lost)
            page = self._store.page("pods", field_selector=f"spec.nodeName={self._node_name}")
        except (ApiError, ApiUnavailable):
            self._agenda.call_after(self._timing.reconnect, self._list, self._scope)
            return
        self._listed_at = int(page.resource_version)
        present = {uid_of(pod): pod for pod in page.items}
        for uid in [uid for uid in self._known if uid not in present]:
            self._tell(self._known.pop(uid), False)
        for pod in page.items:
            self._seen(pod)
        self.ready = True

    def _lost(self) -> None:
        if self._scope.alive:
            self._agenda.call_after(self._timing.reconnect, self._list, self._scope)

    def _event(self, kind: str, pod: Object) -> None:
        if int(pod["metadata"]["resourceVersion"]) <= self._listed_at:
            return
        if kind == "DELETED":
            self._agenda.call_after(self._timing.watch_delay, lambda: self._gone(pod), self._scope)
        elif kind in ("ADDED", "MODIFIED"):
            self._agenda.call_after(self._timing.watch_delay, lambda: self._seen(pod), self._scope)

    def _seen(self, pod: Object) -> None:
        if self._known.get(uid_of(pod)) != pod:
            self._known[uid_of(pod)] = pod
            self._tell(pod, True)

    def _gone(self, pod: Object) -> None:
        if self._known.pop(uid_of(pod), None) is not None:
            self._tell(pod, False)

    def stop(self) -> None:
        self._feed.leave(self._node_name, self._event)
