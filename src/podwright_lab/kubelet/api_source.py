"""Follows this node's pods in the API, the kubelet's second source (`pkg/kubelet/config/apiserver.go`)."""

from __future__ import annotations

from collections.abc import Callable

from podwright_lab.api.api_error import ApiError, ApiUnavailable, Object
from podwright_lab.kubelet.agenda import Action
from podwright_lab.kubelet.run import Run
from podwright_lab.kubelet.static_pod import uid_of

#: What the source reports about one pod: its object, and whether it is still there.
Tell = Callable[[Object, bool], None]


class ApiSource:
    """Lists, then follows; after a lost connection it lists again, so that nothing deleted meanwhile stays."""

    def __init__(self, run: Run, tell: Tell) -> None:
        self._run = run
        self._feed = run.world.feed
        self._tell = tell
        self._known: dict[str, Object] = {}
        self._listed_at = 0
        self.ready = False

    def start(self) -> None:
        self._list()

    def _list(self) -> None:
        try:
            self._feed.follow(self._run.node.name, self._event, self._lost)
            page = self._run.store.page("pods", field_selector=f"spec.nodeName={self._run.node.name}")
        except (ApiError, ApiUnavailable):
            self._later(self._run.timing.reconnect, self._list)
            return
        self._listed_at = int(page.resource_version)
        present = {uid_of(pod): pod for pod in page.items}
        for uid in [uid for uid in self._known if uid not in present]:
            self._tell(self._known.pop(uid), False)
        for pod in page.items:
            self._seen(pod)
        self.ready = True

    def _later(self, seconds: float, action: Action) -> None:
        self._run.agenda.call_after(seconds, action, self._run.scope)

    def _lost(self) -> None:
        if self._run.scope.alive:
            self._later(self._run.timing.reconnect, self._list)

    def _event(self, kind: str, pod: Object) -> None:
        if int(pod["metadata"]["resourceVersion"]) <= self._listed_at:
            return
        if kind == "DELETED":
            self._later(self._run.timing.watch_delay, lambda: self._gone(pod))
        elif kind in ("ADDED", "MODIFIED"):
            self._later(self._run.timing.watch_delay, lambda: self._seen(pod))

    def _seen(self, pod: Object) -> None:
        if self._known.get(uid_of(pod)) != pod:
            self._known[uid_of(pod)] = pod
            self._tell(pod, True)

    def _gone(self, pod: Object) -> None:
        if self._known.pop(uid_of(pod), None) is not None:
            self._tell(pod, False)

    def stop(self) -> None:
        self._feed.leave(self._run.node.name, self._event)
