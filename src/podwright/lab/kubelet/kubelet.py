"""One life of a node's kubelet, from its start to its end: the sync loop and all that hangs on it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from podwright.lab.api.api_error import Object
from podwright.lab.api.store import Store
from podwright.lab.kubelet.agenda import Agenda, Scope
from podwright.lab.kubelet.api_source import ApiSource
from podwright.lab.kubelet.container_sync import ContainerSync
from podwright.lab.kubelet.event_recorder import EventRecorder
from podwright.lab.kubelet.file_source import FileSource
from podwright.lab.kubelet.folder_watch import FolderWatches
from podwright.lab.kubelet.housekeeping import Housekeeping
from podwright.lab.kubelet.image_puller import ImagePuller
from podwright.lab.kubelet.mirror import MirrorClient
from podwright.lab.kubelet.mirror_feed import MirrorFeed
from podwright.lab.kubelet.node_object import NodeObject
from podwright.lab.kubelet.pleg import Pleg, PodEvent
from podwright.lab.kubelet.pod_admission import NodeCapacity, refusal
from podwright.lab.kubelet.pod_config import Changes, PodConfig
from podwright.lab.kubelet.pod_manager import PodManager
from podwright.lab.kubelet.pod_status import rejected_status
from podwright.lab.kubelet.pod_sync import PodSync
from podwright.lab.kubelet.pod_workers import PodWorkers
from podwright.lab.kubelet.probes import Probes
from podwright.lab.kubelet.runtime import Runtime
from podwright.lab.kubelet.static_pod import full_name, is_mirror, uid_of
from podwright.lab.kubelet.status_manager import StatusManager
from podwright.lab.kubelet.timing import Jitter, Timing

_JOURNAL_LINES = 1000


@dataclass(frozen=True, slots=True)
class NodeSettings:
    """What a node is; `name` is already in lower case, as the kubelet makes it."""

    name: str
    manifest_dir: Path
    kubelet_root: Path
    address: str = "127.0.0.1"
    labels: Mapping[str, str] = field(default_factory=dict)
    capacity: Mapping[str, str] = field(
        default_factory=lambda: {"cpu": "2", "memory": "4Gi", "ephemeral-storage": "40Gi", "pods": "110"}
    )
    network_ready: bool = True


@dataclass(frozen=True, slots=True)
class World:
    """What the kubelets of a lab share; `wall` is the time of day that goes into objects."""

    store: Store
    agenda: Agenda
    watches: FolderWatches
    feed: MirrorFeed
    timing: Timing
    jitter: Jitter
    wall: Callable[[], datetime]


class Kubelet:
    """Made when the kubelet's process starts, closed when it ends; the runtime outlives it."""

    def __init__(
        self, node: NodeSettings, world: World, runtime: Runtime, journal: deque[str] | None = None
    ) -> None:
        self.node = node
        self.journal: deque[str] = deque(maxlen=_JOURNAL_LINES) if journal is None else journal
        self._world = world
        self._scope = Scope()
        self._runtime = runtime
        self._files_read = False
        self._looping = False
        self._waiting: list[Object] | None = None
        self._wire()

    def _wire(self) -> None:
        node, world, scope = self.node, self._world, self._scope
        agenda, timing, store = world.agenda, world.timing, world.store
        self._pods = PodManager()
        self._config = PodConfig(self._nanoseconds)
        self._files = FileSource(
            node.manifest_dir, node.name, agenda, scope, world.watches, timing, self._files_say, self._log
        )
        self._api = ApiSource(node.name, store, world.feed, agenda, scope, timing, self._api_says)
        self._object = NodeObject(
            node.name,
            node.address,
            node.labels,
            node.capacity,
            store,
            agenda,
            scope,
            timing,
            self._now,
            self._registered,
        )
        self._events = EventRecorder(node.name, store, agenda, scope, timing, self._now, self._log)
        self._statuses = StatusManager(node.name, store, self._pods, agenda, scope, timing, self._log)
        self._mirrors = MirrorClient(node.name, store, self._log)
        self._pleg = Pleg(self._runtime, agenda, scope, timing, self._containers_say)
        self._wire_pods()

    def _wire_pods(self) -> None:
        node, world, scope = self.node, self._world, self._scope
        agenda, timing, jitter = world.agenda, world.timing, world.jitter
        probes = Probes(self._runtime, self._events, agenda, scope, timing, jitter, self._look_again)
        images = ImagePuller(self._runtime.images, self._events, agenda, timing)
        containers = ContainerSync(
            self._runtime, self._pleg, images, probes, self._events, agenda, timing, jitter, self._log
        )
        syncer = PodSync(
            containers,
            self._runtime,
            self._statuses,
            self._mirrors,
            probes,
            self._events,
            node.kubelet_root,
            node.address,
            timing,
            jitter,
            self._now,
            self._object.seen,
            lambda: node.network_ready,
        )
        self._workers = PodWorkers(syncer, self._pleg, agenda, scope, timing, jitter, self._log)
        self._housekeeping = Housekeeping(
            self._pods,
            self._workers,
            self._statuses,
            self._mirrors,
            self._runtime,
            self._pleg,
            node.kubelet_root,
            self._sources_ready,
            self._create,
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
        agenda.every(timing.garbage_collection, self._housekeeping.collect_garbage, scope)

    def _start_loop(self) -> None:
        agenda, timing, scope = self._world.agenda, self._world.timing, self._scope
        self._object.start()
        self._statuses.start()
        agenda.every(timing.work_queue, self._requeue, scope)
        agenda.every(timing.housekeeping, self._housekeeping.sweep, scope)
        agenda.call_after(timing.start_pods, self._start_pods, scope)

    def _start_pods(self) -> None:
        self._looping = True
        if self._waiting is not None:
            self._files_read = True
            self._apply(self._config.replace(self._waiting))

    def close(self) -> None:
        """The process is gone: nothing of what it planned happens."""
        self._scope.close()
        self._files.stop()
        self._api.stop()

    def _sources_ready(self) -> bool:
        return self._files_read and self._api.ready

    def _now(self) -> str:
        return self._world.wall().strftime("%Y-%m-%dT%H:%M:%SZ")

    def _nanoseconds(self) -> str:
        moment = self._world.wall()
        return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06d}000Z"

    def _log(self, line: str) -> None:
        self.journal.append(f"{self._nanoseconds()} {line}")

    def _files_say(self, pods: list[Object]) -> None:
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
            self._look_again(pod)

    def _end(self, pod: Object) -> None:
        """The trap of a start without the API: until that has spoken nothing is ended, and nobody asks again soon."""
        if self._sources_ready():
            self._workers.end(pod)
        else:
            self._log('"Failed to delete pod" err="skipping delete because sources aren\'t ready yet"')

    def _admit(self, pod: Object) -> bool:
        if is_mirror(pod) or "deletionTimestamp" in pod["metadata"]:
            # taken for somebody's mirror, or for a pod on its way out: never started
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
        self._statuses.set(pod, rejected_status(pod, refused.reason, refused.message, self._now()))
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

    def _look_again(self, pod: Object) -> None:
        wanted = self._pods.by_uid(uid_of(pod))
        if wanted is not None and self._workers.knows(uid_of(pod)):
            self._workers.update(wanted, self._pods.mirror_by_name(full_name(wanted)))

    def _requeue(self) -> None:
        for uid in self._workers.due():
            pod = self._pods.by_uid(uid)
            if pod is not None:
                self._look_again(pod)
            else:
                self._workers.retry(uid)

    def _containers_say(self, event: PodEvent) -> None:
        pod = self._pods.by_uid(event.uid)
        if pod is not None:
            self._look_again(pod)
        if event.died:
            gone = self._sources_ready() and self._workers.content_may_go(event.uid)
            self._housekeeping.drop_dead_containers(event.uid, keep=0 if gone else 1)

    def _api_says(self, mirror: Object, present: bool) -> None:
        if not is_mirror(mirror):
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
        # a mirror that is gone is handed on as it was: one force-deleted is made anew at the next resync only
        self._workers.update(pod, mirror)

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
