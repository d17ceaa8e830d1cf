"""What a worker does to a pod: bring it to its spec, end it, clear it away (`kubelet.go:SyncPod` and its siblings)."""

from __future__ import annotations

from collections.abc import Callable

from podwright_lab.api.api_error import Object
from podwright_lab.kubelet.agenda import Process
from podwright_lab.kubelet.container_sync import ContainerSync
from podwright_lab.kubelet.cri import PodStatus
from podwright_lab.kubelet.event_recorder import EventRecorder
from podwright_lab.kubelet.mirror import MirrorClient
from podwright_lab.kubelet.pod_status import pod_status
from podwright_lab.kubelet.pod_workers import SyncError
from podwright_lab.kubelet.probes import Probes
from podwright_lab.kubelet.run import Run
from podwright_lab.kubelet.runtime import Runtime
from podwright_lab.kubelet.static_pod import uid_of
from podwright_lab.kubelet.status_manager import StatusManager
from podwright_lab.kubelet.volumes import mount_problem

_NETWORK = (
    "network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady "
    "message:Network plugin returns error: cni plugin not initialized"
)


class PodSync:
    """`node` gives the Node object as last seen."""

    def __init__(
        self,
        run: Run,
        containers: ContainerSync,
        runtime: Runtime,
        *,
        statuses: StatusManager,
        mirrors: MirrorClient,
        probes: Probes,
        events: EventRecorder,
        node: Callable[[], Object | None],
    ) -> None:
        self._run = run
        self._containers = containers
        self._runtime = runtime
        self._statuses = statuses
        self._mirrors = mirrors
        self._probes = probes
        self._events = events
        self._pods_dir = run.node.kubelet_root / "pods"
        self._node = node

    def sync(self, pod: Object, mirror: Object | None, status: PodStatus) -> Process:
        """Returns True once the pod is over by itself. Raises SyncError if it has to be tried again."""
        reported = self._report(pod, status)
        if reported["phase"] in ("Succeeded", "Failed"):
            return True
        if not pod["spec"].get("hostNetwork") and not self._run.node.network_ready:
            self._events.record(pod, "Warning", "NetworkNotReady", _NETWORK)
            raise SyncError(_NETWORK, wait=self._run.jitter.prolong(self._run.timing.transient_back_off))
        self._mirrors.reconcile(pod, mirror, self._node())
        # the API's answer comes before the runtime is asked for anything
        yield self._run.timing.api_call
        self._make_folders(pod)
        self._check_volumes(pod)
        self._probes.add(pod)
        wait = yield from self._containers.sync(pod, status, lambda: self._report(pod))
        if wait is not None:
            raise SyncError(wait.message, wait=wait.seconds)
        return False

    def _report(self, pod: Object, status: PodStatus | None = None, *, terminated: bool = False) -> Object:
        seen = self._runtime.status(uid_of(pod)) if status is None else status
        report = pod_status(
            pod,
            seen,
            self._containers.readings(pod, self._statuses.status(uid_of(pod))),
            before=self._statuses.known(pod),
            now=self._run.now(),
            address=self._run.node.address,
            terminated=terminated,
        )
        self._statuses.set(pod, report)
        return report

    def terminate(self, pod: Object, status: PodStatus, grace: float) -> Process:
        """End all containers and the sandbox, and report it."""
        self._report(pod, status)
        self._probes.stop(pod)
        self._containers.record_killing(pod)
        yield from self._runtime.stop_pod(uid_of(pod), max(grace, self._run.timing.minimum_grace))
        self._probes.remove(pod)
        self._report(pod)

    def terminate_orphan(self, uid: str, grace: float) -> Process:
        """The runtime knows a pod that is not wanted and whose spec is lost."""
        self._containers.record_orphan_killing(uid)
        yield from self._runtime.stop_pod(uid, max(grace, self._run.timing.minimum_grace))

    def clean(self, pod: Object, status: PodStatus) -> Process:
        """The containers are gone: the last report."""
        self._report(pod, status)
        yield 0.0
        self._statuses.terminate(pod)
        self._containers.forget(uid_of(pod))

    def _make_folders(self, pod: Object) -> None:
        folder = self._pods_dir / folder_name(uid_of(pod))
        for name in ("volumes", "plugins", "containers"):
            (folder / name).mkdir(mode=0o750, parents=True, exist_ok=True)
        (folder / "etc-hosts").touch()

    def _check_volumes(self, pod: Object) -> None:
        message = mount_problem(pod)
        if message:
            self._events.record(pod, "Warning", "FailedMount", message)
            raise SyncError(message)


def folder_name(uid: str) -> str:
    """A uid comes from the file as it is: it must not lead out of the folder."""
    return uid.replace("/", "~") if uid.strip(".") else f"~{uid}"
