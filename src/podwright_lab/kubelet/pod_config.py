"""Compares the pods that a source wants with those it wanted before (`pkg/kubelet/config/config.go`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from podwright_lab.api.api_error import Object
from podwright_lab.api.defaults import clone
from podwright_lab.kubelet.static_pod import CONFIG_SEEN, CONFIG_SOURCE, full_name, uid_of


@dataclass(frozen=True, slots=True)
class Changes:
    """What the sync loop receives, in this order."""

    removed: tuple[Object, ...]
    added: tuple[Object, ...]
    updated: tuple[Object, ...]


class PodConfig:
    """The pods of the file source by uid; `seen` gives the time that a pod seen first is marked with."""

    def __init__(self, seen: Callable[[], str]) -> None:
        self._pods: dict[str, Object] = {}
        self._seen = seen

    def replace(self, pods: Iterable[Object]) -> Changes:
        """Take the whole set; a pod is known by its uid, so other content is another pod."""
        wanted: dict[str, Object] = {}
        added, updated = [], []
        names: set[str] = set()
        for pod in pods:
            if full_name(pod) in names:
                continue
            names.add(full_name(pod))
            existing = self._pods.get(uid_of(pod))
            if existing is None:
                wanted[uid_of(pod)] = marked = self._marked(pod, self._seen())
                added.append(marked)
                continue
            seen = existing["metadata"]["annotations"][CONFIG_SEEN]
            wanted[uid_of(pod)] = marked = self._marked(pod, seen)
            if marked != existing:
                updated.append(marked)
        removed = tuple(pod for uid, pod in self._pods.items() if uid not in wanted)
        self._pods = wanted
        return Changes(removed, tuple(added), tuple(updated))

    @staticmethod
    def _marked(pod: Object, seen: str) -> Object:
        marked: Object = clone(pod)
        marked["metadata"]["annotations"] |= {CONFIG_SEEN: seen, CONFIG_SOURCE: "file"}
        return marked
