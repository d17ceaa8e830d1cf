"""The stand-in container runtime of one node; it lives on when the kubelet does not."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable

from podwright_lab.api.api_error import Object
from podwright_lab.kubelet.agenda import Agenda, Process, Scope, Signal
from podwright_lab.kubelet.container_logs import ContainerLogs
from podwright_lab.kubelet.cri import Container, PodStatus, Sandbox
from podwright_lab.kubelet.images import ImageStore
from podwright_lab.kubelet.launch import Launch, Running, StartError
from podwright_lab.kubelet.static_pod import grace_seconds, uid_of
from podwright_lab.kubelet.timing import Jitter, Timing

_ID_DIGITS = 64
_MESSAGE_POLICY = "io.kubernetes.container.terminationMessagePolicy"


class Runtime:
    """Sandboxes and containers by id. Methods that take time are processes of the agenda."""

    def __init__(
        self,
        agenda: Agenda,
        timing: Timing,
        jitter: Jitter,
        *,
        launch: Launch,
        images: ImageStore,
        logs: ContainerLogs,
        clock_ns: Callable[[], int],
    ) -> None:
        self._agenda = agenda
        self._timing = timing
        self._jitter = jitter
        self._launch = launch
        self.images = images
        self.logs = logs
        self._clock_ns = clock_ns
        self.sandboxes: dict[str, Sandbox] = {}
        self.containers: dict[str, Container] = {}
        self._running: dict[str, Running] = {}
        self._ended: dict[str, Signal] = {}
        self._begun = 0
        #: counts what happened, so that who has seen all of it need not look again
        self.changes = 0

    def pod_uids(self) -> set[str]:
        return {sandbox.uid for sandbox in self.sandboxes.values()} | {
            container.pod_uid for container in self.containers.values()
        }

    def running_uids(self) -> set[str]:
        """Pods of which something runs (`GetPods(false)`)."""
        ready = {sandbox.uid for sandbox in self.sandboxes.values() if sandbox.ready}
        return ready | {container.pod_uid for container in self.containers.values() if container.running}

    def status(self, uid: str) -> PodStatus:
        """A picture of the pod now."""
        sandboxes = [sandbox.copy() for sandbox in self.sandboxes.values() if sandbox.uid == uid]
        found = [container.copy() for container in self.containers.values() if container.pod_uid == uid]
        sandboxes.sort(key=lambda sandbox: (sandbox.created_at, sandbox.attempt), reverse=True)
        found.sort(key=lambda container: (container.created_at, container.attempt), reverse=True)
        return PodStatus(self._agenda.now, sandboxes, found)

    def run_sandbox(self, pod: Object, attempt: int) -> Process:
        """Make a sandbox and wait until it is ready; returns it."""
        metadata = pod["metadata"]
        labels = {str(key): str(value) for key, value in (metadata.get("labels") or {}).items()}
        labels |= {
            "io.kubernetes.pod.name": metadata["name"],
            "io.kubernetes.pod.namespace": metadata["namespace"],
            "io.kubernetes.pod.uid": uid_of(pod),
        }
        sandbox = Sandbox(
            self._jitter.identifier(_ID_DIGITS),
            uid_of(pod),
            metadata["name"],
            metadata["namespace"],
            attempt,
            labels,
            dict(metadata["annotations"]),
            self._clock_ns(),
        )
        self._begun += 1
        mine = self._begun
        yield self._timing.sandbox_start
        yield self._timing.sandbox_company * (self._begun - mine)
        sandbox.ready = True
        self.sandboxes[sandbox.id] = sandbox
        self.changes += 1
        return sandbox

    def create_container(self, pod: Object, sandbox_id: str, container: Object, attempt: int) -> Process:
        """Returns the container, created and not started."""
        yield self._timing.container_create
        metadata = pod["metadata"]
        created = Container(
            self._jitter.identifier(_ID_DIGITS),
            sandbox_id,
            uid_of(pod),
            metadata["name"],
            metadata["namespace"],
            container["name"],
            attempt,
            container["image"],
            self.images.id_of(container["image"]),
            _annotations(pod, container, attempt),
            self._clock_ns(),
        )
        self.containers[created.id] = created
        self.changes += 1
        return created

    def start_container(self, pod: Object, spec: Object, container: Container) -> Process:
        """Start it; raises StartError and leaves a dead container if that fails."""
        yield self._timing.container_start
        self.changes += 1
        identifier = container.id
        self._ended[identifier] = Signal(self._agenda)
        try:
            running = self._launch(
                pod,
                spec,
                lambda code: self._exited(identifier, code),
                lambda content: self.logs.write(container, content),
            )
        except StartError as error:
            container.state, container.exit_code = "CONTAINER_EXITED", 128
            container.reason, container.message = "StartError", str(error)
            container.finished_at, container.ended = self._clock_ns(), self._agenda.now
            raise
        container.started_at, container.began = self._clock_ns(), self._agenda.now
        container.state = "CONTAINER_RUNNING"
        self._running[identifier] = running

    def _exited(self, identifier: str, code: int) -> None:
        self.changes += 1
        container = self.containers.get(identifier)
        self._running.pop(identifier, None)
        if container is not None and not container.exited:
            self.logs.finish(container)
            if code and container.annotations[_MESSAGE_POLICY] == "FallbackToLogsOnError":
                container.message = self.logs.message(container)
            container.state, container.exit_code = "CONTAINER_EXITED", code
            container.reason = "Completed" if code == 0 else "Error"
            container.finished_at, container.ended = self._clock_ns(), self._agenda.now
        if (ended := self._ended.pop(identifier, None)) is not None:
            ended.fire()

    def stop_container(self, identifier: str, grace: float) -> Process:
        """TERM, then KILL after `grace` seconds."""
        container, running = self.containers.get(identifier), self._running.get(identifier)
        if container is None or running is None:
            return
        ended, scope = self._ended[identifier], Scope()
        yield self._timing.container_stop
        running.term()
        self._agenda.call_after(grace, running.kill, scope)
        if not container.exited:
            yield ended
        scope.close()

    def stop_sandbox(self, identifier: str) -> Process:
        """Its containers are killed first if any run."""
        for container in [c for c in self.containers.values() if c.sandbox_id == identifier and c.running]:
            yield from self.stop_container(container.id, 0)
        sandbox = self.sandboxes.get(identifier)
        if sandbox is not None and sandbox.ready:
            yield self._timing.sandbox_stop
            sandbox.ready = False
            self.changes += 1

    def stop_pod(self, uid: str, grace: float) -> Process:
        """End all containers of a pod at once, each with its grace, then its sandboxes."""
        running = [c.id for c in self.containers.values() if c.pod_uid == uid and c.running]
        left, done = set(running), Signal(self._agenda)
        scope = Scope()
        for identifier in running:
            self._agenda.spawn(self._stop_and_tell(identifier, grace, left, done), scope)
        while left:
            yield done
        for sandbox in [s.id for s in self.sandboxes.values() if s.uid == uid and s.ready]:
            yield from self.stop_sandbox(sandbox)

    def _stop_and_tell(self, identifier: str, grace: float, left: set[str], done: Signal) -> Process:
        yield from self.stop_container(identifier, grace)
        left.discard(identifier)
        done.fire()

    def probe(self, container_id: str, spec: Object, probe: Object) -> Process:
        """Probe a container: the result, `None` if unknown."""
        running = self._running.get(container_id)
        if running is None:
            return None
        return (yield from running.ask(spec, probe))

    def running(self, container_id: str) -> Running | None:
        """The process behind a container, to be killed without the kubelet's knowledge."""
        return self._running.get(container_id)

    def remove_container(self, identifier: str) -> None:
        container = self.containers.get(identifier)
        if container is not None and not container.running:
            del self.containers[identifier]
            self.logs.remove(container)
            self.changes += 1

    def remove_sandbox(self, identifier: str) -> None:
        sandbox = self.sandboxes.get(identifier)
        if sandbox is not None and not sandbox.ready:
            del self.sandboxes[identifier]
            self.changes += 1


def image_hash(container: Object) -> str:
    """What makes a running container outdated under an unchanged uid (`helpers.go:pickFieldsToHash`)."""
    return f"{zlib.crc32(repr((container['name'], container['image'])).encode()):08x}"


def _annotations(pod: Object, container: Object, attempt: int) -> dict[str, str]:
    ports = [
        {
            name: port[name]
            for name in ("name", "hostPort", "containerPort", "protocol", "hostIP")
            if port.get(name)
        }
        for port in container.get("ports") or ()
    ]
    listed = {"io.kubernetes.container.ports": json.dumps(ports, separators=(",", ":"))} if ports else {}
    return {
        **listed,
        "io.kubernetes.container.hash": image_hash(container),
        "io.kubernetes.container.restartCount": str(attempt),
        "io.kubernetes.container.terminationMessagePath": container.get(
            "terminationMessagePath", "/dev/termination-log"
        ),
        _MESSAGE_POLICY: container.get("terminationMessagePolicy", "File"),
        "io.kubernetes.pod.terminationGracePeriod": str(int(grace_seconds(pod))),
    }
