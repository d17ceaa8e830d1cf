"""What a container runtime holds: sandboxes and containers, and how `crictl` writes them down."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from podwright_lab.api.api_error import Object


@dataclass(slots=True)
class Container:
    """One life of a container; `_at` are nanoseconds since the epoch, 0 means not yet, `began` and `ended` agenda times."""

    id: str
    sandbox_id: str
    pod_uid: str
    pod_name: str
    namespace: str
    name: str
    attempt: int
    image: str
    image_ref: str
    annotations: dict[str, str]
    created_at: int
    state: str = "CONTAINER_CREATED"
    started_at: int = 0
    finished_at: int = 0
    began: float = 0.0
    ended: float = 0.0
    exit_code: int = 0
    reason: str = ""
    message: str = ""

    def copy(self) -> Container:
        return replace(self)

    @property
    def running(self) -> bool:
        return self.state == "CONTAINER_RUNNING"

    @property
    def exited(self) -> bool:
        return self.state == "CONTAINER_EXITED"

    def labels(self) -> dict[str, str]:
        return {
            "io.kubernetes.container.name": self.name,
            "io.kubernetes.pod.name": self.pod_name,
            "io.kubernetes.pod.namespace": self.namespace,
            "io.kubernetes.pod.uid": self.pod_uid,
        }

    def listed(self) -> Object:
        """An item of `crictl ps -o json`."""
        image = {
            "image": self.image_ref,
            "annotations": {},
            "userSpecifiedImage": "",
            "runtimeHandler": "",
            "imageRef": "",
        }
        return {
            "id": self.id,
            "podSandboxId": self.sandbox_id,
            "metadata": {"name": self.name, "attempt": self.attempt},
            "image": image,
            "imageRef": self.image_ref,
            "state": self.state,
            "createdAt": str(self.created_at),
            "labels": self.labels(),
            "annotations": dict(self.annotations),
            "imageId": "",
        }


@dataclass(slots=True)
class Sandbox:
    """A pod's sandbox; `attempt` counts those of one pod uid."""

    id: str
    uid: str
    name: str
    namespace: str
    attempt: int
    labels: dict[str, str]
    annotations: dict[str, str]
    created_at: int
    ready: bool = False

    def copy(self) -> Sandbox:
        return replace(self)

    @property
    def state(self) -> str:
        return "SANDBOX_READY" if self.ready else "SANDBOX_NOTREADY"

    def listed(self) -> Object:
        """An item of `crictl pods -o json`."""
        return {
            "id": self.id,
            "metadata": {
                "name": self.name,
                "uid": self.uid,
                "namespace": self.namespace,
                "attempt": self.attempt,
            },
            "state": self.state,
            "createdAt": str(self.created_at),
            "labels": dict(self.labels),
            "annotations": dict(self.annotations),
            "runtimeHandler": "",
        }


@dataclass(slots=True)
class PodStatus:
    """A picture of one pod in the runtime, newest first; `at` is the agenda's time of the picture."""

    at: float = -1.0
    sandboxes: list[Sandbox] = field(default_factory=list)
    containers: list[Container] = field(default_factory=list)

    def of(self, name: str) -> list[Container]:
        return [container for container in self.containers if container.name == name]

    def newest(self, name: str) -> Container | None:
        return next(iter(self.of(name)), None)
