"""Registers the node and keeps its lease (`pkg/kubelet/kubelet_node_status.go`, `nodelease`)."""

from __future__ import annotations

from collections.abc import Callable

from podwright_lab.api.api_error import ApiError, ApiUnavailable, Object
from podwright_lab.kubelet.run import Run
from podwright_lab.kubelet.static_pod import KUBERNETES_VERSION

_LEASES = "kube-node-lease"


class NodeObject:
    """Made at the start of the kubelet, and never again by it: deleted, the node stays away until a restart."""

    def __init__(self, run: Run, registered: Callable[[], None]) -> None:
        self._run = run
        self._name = run.node.name
        self._store = run.store
        self._registered = registered
        self._last: Object | None = None
        self._wait = run.timing.register_retry
        self.registered = False

    def start(self) -> None:
        self._register()
        self._run.agenda.every(self._run.timing.lease, self._renew, self._run.scope)

    def seen(self) -> Object | None:
        """The Node as the kubelet's informer has it: while the API is down, as it last was."""
        try:
            self._last = self._store.get("nodes", None, self._name)
        except ApiUnavailable:
            return self._last
        except ApiError:
            self._last = None
        return self._last

    def _register(self) -> None:
        try:
            if self.seen() is None:
                self._store.create("nodes", self._node(), user=self._run.user)
            self._store.update_status("nodes", None, self._name, self._status(), user=self._run.user)
            self._renew()
        except (ApiError, ApiUnavailable):
            self._run.agenda.call_after(self._wait, self._register, self._run.scope)
            self._wait = min(self._wait * 2, self._run.timing.register_retry_limit)
            return
        self.registered = True
        self._registered()

    def _node(self) -> Object:
        labels = {
            "beta.kubernetes.io/arch": "amd64",
            "beta.kubernetes.io/os": "linux",
            "kubernetes.io/arch": "amd64",
            "kubernetes.io/hostname": self._name,
            "kubernetes.io/os": "linux",
        }
        annotations = {"volumes.kubernetes.io/controller-managed-attach-detach": "true"}
        return {
            "metadata": {
                "name": self._name,
                "labels": labels | dict(self._run.node.labels),
                "annotations": annotations,
            }
        }

    def _status(self) -> Object:
        return {
            "capacity": dict(self._run.node.capacity),
            "allocatable": dict(self._run.node.capacity),
            "conditions": [self._condition(*condition) for condition in _CONDITIONS],
            "addresses": [
                {"type": "InternalIP", "address": self._run.node.address},
                {"type": "Hostname", "address": self._name},
            ],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
            "nodeInfo": {
                "machineID": "",
                "systemUUID": "",
                "bootID": "",
                "kernelVersion": "6.1.0-podwright-lab",
                "osImage": "podwright lab",
                "containerRuntimeVersion": "containerd://1.6.20",
                "kubeletVersion": KUBERNETES_VERSION,
                "kubeProxyVersion": "",
                "operatingSystem": "linux",
                "architecture": "amd64",
            },
        }

    def _condition(self, kind: str, status: str, reason: str, message: str) -> Object:
        return {
            "type": kind,
            "status": status,
            "lastHeartbeatTime": self._run.now(),
            "lastTransitionTime": self._run.now(),
            "reason": reason,
            "message": message,
        }

    def _renew(self) -> None:
        renewed = f"{self._run.now().removesuffix('Z')}.000000Z"
        spec = {"holderIdentity": self._name, "leaseDurationSeconds": 40, "renewTime": renewed}
        try:
            lease = self._store.get("leases", _LEASES, self._name)
            self._store.update("leases", lease | {"spec": spec}, user=self._run.user)
        except ApiUnavailable:
            return
        except ApiError:
            self._new_lease(spec)

    def _new_lease(self, spec: Object) -> None:
        try:
            metadata = {"name": self._name, "namespace": _LEASES}
            self._store.create("leases", {"metadata": metadata, "spec": spec}, user=self._run.user)
        except (ApiError, ApiUnavailable):
            return


_CONDITIONS = (
    ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
)
