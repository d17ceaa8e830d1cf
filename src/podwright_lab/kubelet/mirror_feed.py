"""One watch of the pods for all kubelets of the lab, handed on by node."""

from __future__ import annotations

from collections.abc import Callable

from podwright_lab.api.api_error import Object
from podwright_lab.api.store import Store
from podwright_lab.api.watching import Watch

OnEvent = Callable[[str, Object], None]


class MirrorFeed:
    """`wake` is called, from whatever thread wrote, when `deliver` has something to do."""

    def __init__(self, store: Store, wake: Callable[[], None]) -> None:
        self._store = store
        self._wake = wake
        self._watch: Watch | None = None
        self._followers: dict[str, tuple[OnEvent, Callable[[], None]]] = {}

    def follow(self, node_name: str, on_event: OnEvent, on_lost: Callable[[], None]) -> None:
        """Hear of the pods of a node from now on; raises ApiUnavailable."""
        if self._watch is None or self._watch.closed:
            self._watch = self._store.watch(
                "pods", resource_version=self._store.resource_version, wake=self._wake
            )
        self._followers[node_name] = (on_event, on_lost)

    def leave(self, node_name: str, on_event: OnEvent) -> None:
        followed = self._followers.get(node_name)
        if followed is not None and followed[0] == on_event:
            del self._followers[node_name]

    def deliver(self) -> None:
        """Hand on what has come; when the connection is lost, notify everybody once."""
        if self._watch is None:
            return
        for event in self._watch.pending():
            follower = self._followers.get(event.object.get("spec", {}).get("nodeName", ""))
            if follower is not None:
                follower[0](event.type, event.object)
        if self._watch.closed:
            self._watch = None
            followers, self._followers = self._followers, {}
            for _, on_lost in followers.values():
                on_lost()

    def close(self) -> None:
        if self._watch is not None:
            self._watch.close()
        self._followers.clear()
