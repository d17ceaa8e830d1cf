"""Carries the statuses of pods to their mirrors (`pkg/kubelet/status/status_manager.go`)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from podwright_lab.api.api_error import ApiError, ApiUnavailable, Object
from podwright_lab.kubelet.pod_manager import PodManager
from podwright_lab.kubelet.pod_status import lost_containers
from podwright_lab.kubelet.run import Run
from podwright_lab.kubelet.static_pod import full_name, uid_of


@dataclass(slots=True)
class _Cached:
    status: Object
    version: int
    namespace: str
    name: str


class StatusManager:
    """Statuses by static uid, each with a version, and for each mirror the version that the API has.

    A change is sent at once, along with everything else that is new; at each tick what the API has is compared. So a
    mirror that was made again stays bare until the next change of any pod, or the next tick.
    """

    def __init__(self, run: Run, pods: PodManager) -> None:
        self._run = run
        self._pods = pods
        self._cached: dict[str, _Cached] = {}
        self._sent: dict[str, int] = {}
        self._due = False

    def start(self) -> None:
        self._run.agenda.every(
            self._run.timing.status_tick, lambda: self._send(everything=True), self._run.scope
        )

    def status(self, uid: str) -> Object:
        """What was last set, `{}` if nothing."""
        cached = self._cached.get(uid)
        return {} if cached is None else cached.status

    def known(self, pod: Object) -> Object:
        """What was last set, otherwise the mirror's: a restarted kubelet continues from there."""
        status = self.status(uid_of(pod))
        if not status and (mirror := self._pods.mirror_by_name(full_name(pod))) is not None:
            status = mirror.get("status") or {}
        return status

    def set(self, pod: Object, status: Object) -> None:
        """Keep a status, and send it soon if it is news."""
        uid = uid_of(pod)
        cached = self._cached.get(uid)
        if cached is not None and cached.status == status:
            return
        version = 1 if cached is None else cached.version + 1
        self._cached[uid] = _Cached(status, version, pod["metadata"]["namespace"], pod["metadata"]["name"])
        if not self._due:
            self._due = True
            self._run.agenda.call_after(0, self._send_new, self._run.scope)

    def terminate(self, pod: Object) -> None:
        """The pod is over: no container of it can still be on its way."""
        if cached := self._cached.get(uid_of(pod)):
            self.set(pod, lost_containers(cached.status))

    def forget_others(self, uids: Collection[str]) -> None:
        """Drop the statuses of pods that are no longer wanted; one of them that is set again counts from 1."""
        for uid in [uid for uid in self._cached if uid not in uids]:
            del self._cached[uid]

    def _send_new(self) -> None:
        self._due = False
        self._send(everything=False)

    def _send(self, *, everything: bool) -> None:
        mirrors = self._pods.mirror_uids()
        for uid, cached in list(self._cached.items()):
            target = mirrors.get(uid, uid)
            if target and self._wants(uid, target, cached, everything=everything):
                self._send_one(uid, cached)

    def _wants(self, uid: str, target: str, cached: _Cached, *, everything: bool) -> bool:
        if self._sent.get(target, 0) < cached.version:
            return True
        if not everything or (pod := self._pods.by_uid(uid)) is None:
            return False
        mirror = self._pods.mirror_by_name(full_name(pod))
        return mirror is not None and mirror.get("status") != cached.status

    def _send_one(self, uid: str, cached: _Cached) -> None:
        try:
            mirror = self._run.store.get("pods", cached.namespace, cached.name)
            if self._pods.translate(mirror["metadata"]["uid"]) != uid:
                # the name belongs to another pod already: the old one's last words are never heard
                self._cached.pop(uid, None)
                return
            self._run.store.update_status(
                "pods", cached.namespace, cached.name, cached.status, user=self._run.user
            )
            self._sent[mirror["metadata"]["uid"]] = cached.version
        except (ApiError, ApiUnavailable) as error:
            name = f"{cached.namespace}/{cached.name}"
            self._run.log(f'"Failed to get status for pod" err="{error}" podUID="{uid}" pod="{name}"')
