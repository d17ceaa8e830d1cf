"""Relists the runtime, and reports what started or died since the last time (`pkg/kubelet/pleg/generic.go`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from podwright_lab.kubelet.agenda import Process, Signal
from podwright_lab.kubelet.cri import PodStatus
from podwright_lab.kubelet.run import Run
from podwright_lab.kubelet.runtime import Runtime


@dataclass(frozen=True, slots=True)
class PodEvent:
    """Something of a pod started or died since the last relist; `died` names the containers that did."""

    uid: str
    died: tuple[str, ...]


class Pleg:
    """A pod's worker acts on a picture newer than its last act only, so most acts wait for the next relist."""

    def __init__(self, run: Run, runtime: Runtime, report: Callable[[PodEvent], None]) -> None:
        self._run = run
        self._runtime = runtime
        self._report = report
        self._seen: dict[str, dict[str, str]] = {}
        self._pictures: dict[str, PodStatus] = {}
        self._relisted_at = -1.0
        self._seen_changes = -1
        self._relisted = Signal(run.agenda)

    def start(self) -> None:
        self._run.agenda.call_after(self._run.timing.start_relist, self._begin, self._run.scope)

    def _begin(self) -> None:
        self._relist()
        self._run.agenda.every(self._run.timing.relist_containers, self._relist, self._run.scope)

    def newer_than(self, uid: str, when: float) -> Process:
        """Wait for a picture taken after `when`; returns it. Below 0 any will do, once there was a first relist."""
        while max(self._relisted_at, self._taken(uid)) <= when:
            yield self._relisted
        picture = self._pictures.get(uid)
        if picture is None:
            return PodStatus(self._run.agenda.now)
        return picture

    def _taken(self, uid: str) -> float:
        picture = self._pictures.get(uid)
        return -1.0 if picture is None else picture.at

    def _relist(self) -> None:
        self._relisted_at = self._run.agenda.now
        if self._seen_changes != self._runtime.changes:
            self._seen_changes = self._runtime.changes
            for uid in self._runtime.pod_uids() | self._seen.keys():
                self.relist_pod(uid)
        self._relisted.fire()

    def relist_soon(self, uid: str) -> None:
        """Relist one pod out of turn: its containers were started just now."""
        self._run.agenda.call_after(
            self._run.timing.relist_after_start, lambda: self.relist_pod(uid), self._run.scope
        )

    def relist_pod(self, uid: str) -> None:
        """Take a picture of one pod."""
        states = self._states(uid)
        before = self._seen.get(uid, {})
        if states == before:
            return
        self._seen[uid] = states
        self._pictures[uid] = self._runtime.status(uid)
        if not states:
            del self._seen[uid], self._pictures[uid]
        started = any(state == "running" and before.get(key) != "running" for key, state in states.items())
        died = tuple(key for key, state in states.items() if state == "dead" and before.get(key) != "dead")
        self._relisted.fire()
        if started or died:
            self._report(PodEvent(uid, died))

    def _states(self, uid: str) -> dict[str, str]:
        runtime = self._runtime
        states = {s.id: "running" if s.ready else "dead" for s in runtime.sandboxes.values() if s.uid == uid}
        states |= {
            c.id: "running" if c.running else "dead"
            for c in runtime.containers.values()
            if c.pod_uid == uid and (c.running or c.exited)
        }
        return states

    def seen_running(self) -> set[str]:
        """Pods of which something ran at the last relist."""
        return {uid for uid, states in self._seen.items() if "running" in states.values()}
