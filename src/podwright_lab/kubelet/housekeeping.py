"""Removes what is no longer wanted: every 2 s workers, folders and mirrors, every minute dead containers.

Source: `pkg/kubelet/kubelet_pods.go:HandlePodCleanups`, `pkg/kubelet/kuberuntime/kuberuntime_gc.go`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from podwright_lab.api.api_error import Object
from podwright_lab.kubelet.mirror import MirrorClient
from podwright_lab.kubelet.pleg import Pleg
from podwright_lab.kubelet.pod_manager import PodManager
from podwright_lab.kubelet.pod_sync import folder_name
from podwright_lab.kubelet.pod_workers import PodWorkers
from podwright_lab.kubelet.runtime import Runtime
from podwright_lab.kubelet.static_pod import full_name, uid_of
from podwright_lab.kubelet.status_manager import StatusManager


class Housekeeping:
    """`start` starts a wanted pod again; `ready`: both sources have answered; nothing is removed before."""

    def __init__(
        self,
        pods: PodManager,
        workers: PodWorkers,
        statuses: StatusManager,
        *,
        mirrors: MirrorClient,
        runtime: Runtime,
        pleg: Pleg,
        kubelet_root: Path,
        ready: Callable[[], bool],
        start: Callable[[Object], None],
    ) -> None:
        self._pods = pods
        self._workers = workers
        self._statuses = statuses
        self._mirrors = mirrors
        self._runtime = runtime
        self._pleg = pleg
        self._pods_dir = kubelet_root / "pods"
        self._ready = ready
        self._start = start

    def sweep(self) -> None:
        """The 2 s round; the mirror goes before what runs without a spec is ended."""
        if not self._ready():
            return
        wanted = {uid_of(pod) for pod in self._pods.pods()}
        again = self._workers.forget_finished(wanted)
        self._statuses.forget_others(wanted)
        self._clear_folders(wanted)
        self._clear_mirrors()
        for uid in again:
            if (pod := self._pods.by_uid(uid)) is not None:
                self._start(pod)
        self._end_orphans(wanted)

    def _clear_folders(self, wanted: set[str]) -> None:
        kept = {folder_name(uid) for uid in wanted | self._runtime.running_uids()}
        try:
            folders = list(self._pods_dir.iterdir())
        except OSError:
            return
        for folder in folders:
            if folder.name not in kept:
                shutil.rmtree(folder, ignore_errors=True)

    def _clear_mirrors(self) -> None:
        for mirror in self._pods.orphaned_mirrors():
            name = full_name(mirror)
            if not self._workers.ends_name(name):
                self._mirrors.delete(name, None)

    def _end_orphans(self, wanted: set[str]) -> None:
        for uid in self._pleg.seen_running():
            if uid not in wanted and not self._workers.knows(uid):
                self._workers.end_orphan(uid, uid)

    def collect_garbage(self) -> None:
        """The minute's round: all that is dead of pods that are gone, and old lives of the others."""
        if not self._ready():
            return
        for uid in self._runtime.pod_uids():
            gone = self._workers.content_may_go(uid)
            self.drop_dead_containers(uid, keep=0 if gone else 1)
            self._drop_dead_sandboxes(uid, gone=gone)

    def _drop_dead_sandboxes(self, uid: str, *, gone: bool) -> None:
        """Those without containers; the newest stays as long as the pod is known."""
        status = self._runtime.status(uid)
        used = {container.sandbox_id for container in status.containers}
        for sandbox in status.sandboxes if gone else status.sandboxes[1:]:
            if sandbox.id not in used:
                self._runtime.remove_sandbox(sandbox.id)

    def drop_dead_containers(self, uid: str, keep: int) -> None:
        """All dead lives of each container beyond the newest `keep`."""
        status = self._runtime.status(uid)
        for name in {container.name for container in status.containers}:
            dead = [container for container in status.of(name) if container.exited]
            for container in dead[keep:]:
                self._runtime.remove_container(container.id)
