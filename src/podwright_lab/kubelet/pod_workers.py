"""Decides what each pod's worker does next, and whose turn a full name is (`pkg/kubelet/pod_workers.go`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from podwright_lab.api.api_error import Object
from podwright_lab.kubelet.agenda import Process, Signal
from podwright_lab.kubelet.cri import PodStatus
from podwright_lab.kubelet.pleg import Pleg
from podwright_lab.kubelet.run import Run
from podwright_lab.kubelet.static_pod import full_name, grace_seconds, uid_of


class SyncError(Exception):
    """A sync that did not reach its end; `wait` is when to try again, `None` for the usual back-off."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


class PodSyncer(Protocol):
    """What a worker does to a pod; each is a process that returns something or raises SyncError."""

    def sync(self, pod: Object, mirror: Object | None, status: PodStatus) -> Process:
        """Returns whether the pod has ended by itself."""

    def terminate(self, pod: Object, status: PodStatus, grace: float) -> Process: ...

    def terminate_orphan(self, uid: str, grace: float) -> Process: ...

    def clean(self, pod: Object, status: PodStatus) -> Process: ...


@dataclass(slots=True)
class Worker:
    """The life of one uid; `pod` is `None` for what only the runtime knows."""

    uid: str
    name: str
    pod: Object | None
    news: Signal
    mirror: Object | None = None
    pending: bool = False
    started: bool = False
    terminating: bool = False
    terminated: bool = False
    finished: bool = False
    restart_requested: bool = False
    deleted: bool = False
    grace: float = 0.0
    synced_at: float = -1.0


class PodWorkers:
    """One process a pod. A static pod starts only when no other uid holds its full name."""

    def __init__(self, run: Run, syncer: PodSyncer, pleg: Pleg) -> None:
        self._run = run
        self._syncer = syncer
        self._pleg = pleg
        self._workers: dict[str, Worker] = {}
        self._holders: dict[str, str] = {}
        self._queues: dict[str, list[str]] = {}
        self._requeued: dict[str, float] = {}

    def update(self, pod: Object, mirror: Object | None, *, create: bool = False) -> None:
        """The pod, its mirror or its containers changed, or it is time to look at it again."""
        worker = self._workers.get(uid_of(pod))
        if worker is None:
            worker = self._new(uid_of(pod), full_name(pod), pod)
            self._queues.setdefault(worker.name, []).append(worker.uid)
        if worker.terminating and create:
            # the same content came back before its end: it starts again after it
            worker.restart_requested = True
        if worker.finished or worker.terminating:
            return
        worker.pod, worker.mirror = pod, mirror
        self._wake(worker)

    def end(self, pod: Object, grace: float | None = None) -> None:
        """The pod is not wanted any more."""
        worker = self._workers.get(uid_of(pod))
        if worker is None or worker.finished:
            return
        worker.restart_requested = False
        if not worker.terminating:
            worker.terminating = True
            worker.grace = grace_seconds(pod) if grace is None else grace
        self._wake(worker)

    def end_orphan(self, uid: str, name: str) -> None:
        """End what runs without anybody knowing its spec; one second is what the kubelet grants it."""
        worker = self._new(uid, name, None)
        worker.terminating, worker.grace = True, 1.0
        self._wake(worker)

    def _new(self, uid: str, name: str, pod: Object | None) -> Worker:
        worker = self._workers[uid] = Worker(uid, name, pod, Signal(self._run.agenda))
        self._run.agenda.spawn(self._live(worker), self._run.scope)
        return worker

    @staticmethod
    def _wake(worker: Worker) -> None:
        worker.pending = True
        worker.news.fire()

    def _live(self, worker: Worker) -> Process:
        while not worker.finished:
            while not worker.pending:
                yield worker.news
            worker.pending = False
            yield from self._work(worker)

    def _work(self, worker: Worker) -> Process:
        if not worker.started and worker.pod is not None:
            if worker.terminating:
                self._finish(worker)
                return
            if not self._may_start(worker):
                self._requeue(worker, self._run.jitter.prolong(self._run.timing.back_off))
                return
            worker.started = True
        transition = False
        try:
            transition = yield from self._act(worker)
            failed: SyncError | None = None
        except SyncError as error:
            failed = error
            self._run.log(
                f'"Error syncing pod, skipping" err="{error}" pod="{worker.name}" podUID="{worker.uid}"'
            )
        worker.synced_at = self._run.agenda.now
        if not worker.finished:
            self._plan(worker, failed, transition=transition)

    def _act(self, worker: Worker) -> Process:
        """One of the three syncs; returns whether the next one is of another kind."""
        if worker.pod is None:
            yield from self._syncer.terminate_orphan(worker.uid, worker.grace)
            self._finish(worker)
            return False
        status = yield from self._pleg.newer_than(worker.uid, worker.synced_at)
        if worker.terminated:
            yield from self._syncer.clean(worker.pod, status)
            self._finish(worker)
            return False
        if worker.terminating:
            yield from self._syncer.terminate(worker.pod, status, worker.grace)
            worker.terminated = True
            return True
        over = yield from self._syncer.sync(worker.pod, worker.mirror, status)
        if over and not worker.terminating:
            worker.terminating, worker.grace = True, grace_seconds(worker.pod)
            return True
        return False

    def _plan(self, worker: Worker, failed: SyncError | None, *, transition: bool) -> None:
        if transition:
            worker.pending = True
        elif failed is None:
            self._requeue(worker, self._run.jitter.prolong(self._run.timing.resync))
        else:
            self._requeue(worker, failed.wait or self._run.jitter.prolong(self._run.timing.back_off))

    def _may_start(self, worker: Worker) -> bool:
        holder = self._holders.get(worker.name)
        if holder is not None:
            return holder == worker.uid
        queue = self._queues.get(worker.name, [])
        while queue and self._passed_over(queue[0]):
            queue.pop(0)
        if queue and queue[0] != worker.uid:
            return False
        del queue[:1]
        self._holders[worker.name] = worker.uid
        return True

    def _passed_over(self, uid: str) -> bool:
        waiting = self._workers.get(uid)
        return waiting is None or waiting.terminating

    def _finish(self, worker: Worker) -> None:
        worker.terminating = worker.terminated = worker.finished = True
        self._requeued.pop(worker.uid, None)
        if self._holders.get(worker.name) == worker.uid:
            del self._holders[worker.name]

    def _requeue(self, worker: Worker, seconds: float) -> None:
        self._requeued[worker.uid] = self._run.agenda.now + seconds

    def due(self) -> list[str]:
        """Take the uids whose time has come."""
        found = [uid for uid, when in self._requeued.items() if when <= self._run.agenda.now]
        for uid in found:
            del self._requeued[uid]
        return found

    def retry(self, uid: str) -> None:
        """Let a worker go on with what it has: one that ends a pod is in no list any more."""
        if (worker := self._workers.get(uid)) is not None and not worker.finished:
            self._wake(worker)

    def forget_finished(self, wanted: set[str]) -> list[str]:
        """Housekeeping: drop the history of what is over; returns the wanted uids that may start once more.

        A worker that is no longer wanted and was never asked to end is asked now.
        """
        again = []
        for uid, worker in list(self._workers.items()):
            if uid in wanted and not worker.restart_requested:
                continue
            worker.deleted = True
            if not worker.finished:
                if uid not in wanted and worker.pod is not None and not worker.terminating:
                    self.end(worker.pod)
                continue
            del self._workers[uid]
            if worker.restart_requested:
                again.append(uid)
        return again

    def knows(self, uid: str) -> bool:
        return uid in self._workers

    def ends_name(self, name: str) -> bool:
        """Whether the holder of a full name is on its way out: its mirror has to stay so long."""
        worker = self._workers.get(self._holders.get(name, ""))
        return worker is not None and worker.terminating and not worker.terminated

    def ending(self, uid: str) -> bool:
        worker = self._workers.get(uid)
        return worker is not None and worker.terminating

    def content_may_go(self, uid: str) -> bool:
        """`ShouldPodContentBeRemoved`: the pod is no longer known, or it ended and housekeeping has marked it."""
        worker = self._workers.get(uid)
        return worker is None or (worker.deleted and worker.terminated)
