"""One life of a node's kubelet, from its start to its end: the sync loop and all that hangs on it."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Mapping

from podwright_lab.api.api_error import ApiError, ApiUnavailable, Object
from podwright_lab.kubelet.agenda import Scope
from podwright_lab.kubelet.api_source import ApiSource
from podwright_lab.kubelet.container_sync import ContainerSync
from podwright_lab.kubelet.event_recorder import EventRecorder
from podwright_lab.kubelet.file_source import FileSource
from podwright_lab.kubelet.housekeeping import Housekeeping
from podwright_lab.kubelet.image_puller import ImagePuller
from podwright_lab.kubelet.mirror import MirrorClient
from podwright_lab.kubelet.node_object import NodeObject
from podwright_lab.kubelet.pleg import Pleg, PodEvent
from podwright_lab.kubelet.pod_admission import NodeCapacity, refusal
from podwright_lab.kubelet.pod_config import Changes, PodConfig
from podwright_lab.kubelet.pod_manager import PodManager
from podwright_lab.kubelet.pod_status import rejected_status
from podwright_lab.kubelet.pod_sync import PodSync
from podwright_lab.kubelet.pod_workers import PodWorkers
from podwright_lab.kubelet.probes import Probes
from podwright_lab.kubelet.run import NodeSettings, Run, World
from podwright_lab.kubelet.runtime import Runtime
from podwright_lab.kubelet.static_pod import full_name, is_mirror, uid_of
from podwright_lab.kubelet.status_manager import StatusManager

_JOURNAL_LINES = 1000


class Kubelet:
    """Made when the kubelet's process starts, closed when it ends; the runtime outlives it."""

    def __init__(
        self, node: NodeSettings, world: World, runtime: Runtime, journal: deque[str] | None = None
    ) -> None:
        self.node = node
        self.journal: deque[str] = deque(maxlen=_JOURNAL_LINES) if journal is None else journal
        self._world = world
        self._scope = Scope()
        self._run = Run(node, world, self._scope, self._log)
        self._runtime = runtime
        self._files_read = False
        self._looping = False
        self._waiting: list[Object] | None = None
        self._wire()
        self._wire_pods()

    def _wire(self) -> None:
        run = self._run
        self._pods = PodManager()
        self._config = PodConfig(self._nanoseconds)
        self._files = FileSource(run, self._files_changed)
        self._api = ApiSource(run, self._api_changed)
        self._object = NodeObject(run, self._registered)
        self._events = EventRecorder(run)
        self._statuses = StatusManager(run, self._pods)
        self._mirrors = MirrorClient(run)
        self._pleg = Pleg(run, self._runtime, self._containers_changed)

    def _wire_pods(self) -> None:
        run, runtime, events = self._run, self._runtime, self._events
        probes = Probes(run, runtime, events, self._resync)
        images = ImagePuller(run, runtime.images, events)
        containers = ContainerSync(run, runtime, self._pleg, images=images, probes=probes, events=events)
        syncer = PodSync(
            run,
            containers,
            runtime,
            statuses=self._statuses,
            mirrors=self._mirrors,
            probes=probes,
            events=events,
            node=self._object.seen,
        )
        self._workers = PodWorkers(run, syncer, self._pleg)
        self._housekeeping = Housekeeping(
            self._pods,
            self._workers,
            self._statuses,
            mirrors=self._mirrors,
            runtime=runtime,
            pleg=self._pleg,
            kubelet_root=self.node.kubelet_root,
            ready=self._sources_ready,
            start=self._create,
        )

    def start(self) -> None:
        """Begin; the manifests are read after about half a second, the API is listed after a second."""
        self._world.agenda.call_after(self._world.timing.start_files, self._start_files, self._scope)

    def _start_files(self) -> None:
        agenda, timing, scope = self._world.agenda, self._world.timing, self._scope
        self._log(f'"Adding static pod path" path="{self.node.manifest_dir}"')
        self._files.start()
        self._pleg.start()
        agenda.call_after(timing.start_loop, self._start_loop, scope)
        agenda.call_after(timing.start_api, self._api.start, scope)

    def _start_loop(self) -> None:
        agenda, timing, scope = self._world.agenda, self._world.timing, self._scope
        self._object.start()
        self._statuses.start()
        agenda.every(timing.work_queue, self._requeue, scope)
        agenda.every(timing.housekeeping, self._housekeeping.sweep, scope)
        agenda.call_after(timing.start_pods, self._start_pods, scope)

    def _start_pods(self) -> None:
        world = self._world
        world.agenda.every(world.timing.garbage_collection, self._housekeeping.collect_garbage, self._scope)
        self._looping = True
        if self._waiting is not None:
            self._files_read = True
            self._apply(self._config.replace(self._waiting))

    def freeze(self, frozen: bool) -> None:
        """Stop all that it does, as SIGSTOP would, or go on with what is due by then."""
        if frozen:
            self._scope.frozen = True
        elif self._scope.frozen:
            self._world.agenda.thaw(self._scope)

    def close(self) -> None:
        """The process is gone: nothing of what it planned happens."""
        self._scope.close()
        self._files.stop()
        self._api.stop()

    @property
    def ready(self) -> bool:
        """Whether its node is registered and it follows the API."""
        return self._api.ready and self._object.registered

    def _sources_ready(self) -> bool:
        return self._files_read and self._api.ready

    def _nanoseconds(self) -> str:
        moment = self._world.wall()
        return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06d}000Z"

    def _log(self, line: str) -> None:
        self.journal.append(f"{self._nanoseconds()} {line}")

    def _files_changed(self, pods: list[Object]) -> None:
        if self._looping:
            self._files_read = True
            self._apply(self._config.replace(pods))
        else:
            self._waiting = pods

    def _apply(self, changes: Changes) -> None:
        for pod in changes.removed:
            self._log(f'"SyncLoop REMOVE" source="file" pods=["{full_name(pod)}"]')
            self._pods.remove(pod)
            self._end(pod)
        for pod in changes.added:
            self._log(f'"SyncLoop ADD" source="file" pods=["{full_name(pod)}"]')
            self._pods.add(pod)
            if self._admit(pod):
                self._create(pod)
        for pod in changes.updated:
            self._log(f'"SyncLoop UPDATE" source="file" pods=["{full_name(pod)}"]')
            self._pods.add(pod)
            self._resync(pod)

    def _end(self, pod: Object) -> None:
        """The trap of a start without the API: until it has answered nothing is ended, and nothing soon asks again."""
        if self._sources_ready():
            self._workers.end(pod)
        else:
            self._log('"Failed to delete pod" err="skipping delete because sources aren\'t ready yet"')

    def _admit(self, pod: Object) -> bool:
        if is_mirror(pod) or "deletionTimestamp" in pod["metadata"]:
            # taken for a mirror pod, or for one that is being deleted: never started
            return False
        if self._workers.ending(uid_of(pod)):
            return True
        capacity = NodeCapacity(self._labels(), self.node.capacity)
        refused = refusal(pod, self._active(pod), capacity)
        if refused is None:
            return True
        self._log(
            f'"Pod admission denied" podUID="{uid_of(pod)}" pod="{full_name(pod)}" reason="{refused.reason}"'
        )
        self._events.record(pod, "Warning", refused.reason, refused.message)
        self._statuses.set(pod, rejected_status(pod, refused.reason, refused.message, self._run.now()))
        return False

    def _active(self, but: Object) -> list[Object]:
        return [
            pod
            for pod in self._pods.pods()
            if uid_of(pod) != uid_of(but)
            and self._statuses.status(uid_of(pod)).get("phase") not in ("Succeeded", "Failed")
            and not self._workers.ending(uid_of(pod))
        ]

    def _labels(self) -> Mapping[str, str]:
        node = self._object.seen()
        return self.node.labels if node is None else node["metadata"].get("labels") or {}

    def _create(self, pod: Object) -> None:
        self._workers.update(pod, self._pods.mirror_by_name(full_name(pod)), create=True)

    def _resync(self, pod: Object) -> None:
        wanted = self._pods.by_uid(uid_of(pod))
        if wanted is not None and self._workers.knows(uid_of(pod)):
            self._workers.update(wanted, self._pods.mirror_by_name(full_name(wanted)))

    def _requeue(self) -> None:
        for uid in self._workers.due():
            pod = self._pods.by_uid(uid)
            if pod is not None:
                self._resync(pod)
            else:
                self._workers.retry(uid)

    def _containers_changed(self, event: PodEvent) -> None:
        pod = self._pods.by_uid(event.uid)
        if pod is not None:
            self._resync(pod)
        if event.died:
            gone = self._sources_ready() and self._workers.content_may_go(event.uid)
            self._housekeeping.drop_dead_containers(event.uid, keep=0 if gone else 1)

    def _api_changed(self, mirror: Object, present: bool) -> None:
        if not is_mirror(mirror):
            if present and "deletionTimestamp" in mirror["metadata"]:
                self._confirm_deletion(mirror)
            return
        pod = self._pods.by_name(full_name(mirror))
        known = self._pods.mirror_by_name(full_name(mirror))
        if present:
            self._pods.add(mirror)
        else:
            self._pods.remove(mirror)
        if pod is None or not self._workers.knows(uid_of(pod)):
            return
        if present and known is not None and _only_status(known, mirror):
            return
        # a mirror that is gone is handed on as it was: one force-deleted is made again at the next resync only
        self._workers.update(pod, mirror)

    def _confirm_deletion(self, pod: Object) -> None:
        """Confirm the deletion of a pod that was created through the API: only static pods are run here."""
        metadata = pod["metadata"]
        with contextlib.suppress(ApiError, ApiUnavailable):
            self._run.store.delete(
                "pods",
                metadata["namespace"],
                metadata["name"],
                grace_seconds=0,
                preconditions_uid=metadata["uid"],
                user=self._run.user,
            )

    def _registered(self) -> None:
        """Pods that started before the node was there get their mirrors now."""
        self._log(f'"Successfully registered node" node="{self.node.name}"')
        for pod in self._pods.pods():
            if self._workers.knows(uid_of(pod)) and not self._workers.ending(uid_of(pod)):
                self._mirrors.reconcile(pod, self._pods.mirror_by_name(full_name(pod)), self._object.seen())


def _only_status(before: Object, after: Object) -> bool:
    """A change of a mirror's status alone moves no worker (`RECONCILE`)."""
    left, right = dict(before["metadata"]), dict(after["metadata"])
    left.pop("resourceVersion", None)
    right.pop("resourceVersion", None)
    return left == right and before.get("spec") == after.get("spec")
