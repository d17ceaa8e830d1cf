"""Knows which pods this node should run, and which mirror in the API belongs to which (`pkg/kubelet/pod/pod_manager.go`)."""

from __future__ import annotations

from podwright_lab.api.api_error import Object
from podwright_lab.kubelet.static_pod import full_name, is_mirror, uid_of


class PodManager:
    """Static pods and mirrors; a mirror belongs to the pod of its full name, whatever its content."""

    def __init__(self) -> None:
        self._pods: dict[str, Object] = {}
        self._pod_names: dict[str, str] = {}
        self._mirrors: dict[str, Object] = {}
        self._mirror_names: dict[str, str] = {}
        self._translation: dict[str, str] = {}

    def add(self, pod: Object) -> None:
        """Add or replace."""
        uid, name = uid_of(pod), full_name(pod)
        if is_mirror(pod):
            self._mirrors[uid] = pod
            self._mirror_names[name] = uid
            if (static := self._pod_names.get(name)) is not None:
                self._translation[uid] = static
            return
        self._pods[uid] = pod
        self._pod_names[name] = uid
        if (mirror := self._mirror_names.get(name)) is not None:
            self._translation[mirror] = uid

    def remove(self, pod: Object) -> None:
        """Forget; the translation of a mirror whose static pod went stays until the mirror goes."""
        uid, name = uid_of(pod), full_name(pod)
        if is_mirror(pod):
            self._mirrors.pop(uid, None)
            self._translation.pop(uid, None)
            if self._mirror_names.get(name) == uid:
                del self._mirror_names[name]
            return
        self._pods.pop(uid, None)
        if self._pod_names.get(name) == uid:
            del self._pod_names[name]

    def pods(self) -> list[Object]:
        return list(self._pods.values())

    def by_uid(self, uid: str) -> Object | None:
        return self._pods.get(uid)

    def by_name(self, name: str) -> Object | None:
        return self._pods.get(self._pod_names.get(name, ""))

    def mirror_by_name(self, name: str) -> Object | None:
        return self._mirrors.get(self._mirror_names.get(name, ""))

    def orphaned_mirrors(self) -> list[Object]:
        """Mirrors without a static pod of their name."""
        return [mirror for mirror in self._mirrors.values() if full_name(mirror) not in self._pod_names]

    def translate(self, mirror_uid: str) -> str:
        """The static pod that a mirror stands for, or the uid itself."""
        return self._translation.get(mirror_uid, mirror_uid)

    def mirror_uids(self) -> dict[str, str]:
        """The mirror's uid for each static pod, `""` if there is none (`GetUIDTranslations`)."""
        found = dict.fromkeys(self._pods, "")
        for mirror, static in self._translation.items():
            found[static] = mirror
        return found
