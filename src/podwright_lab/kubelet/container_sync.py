"""Brings the containers of a pod to its spec (`pkg/kubelet/kuberuntime/kuberuntime_manager.go:SyncPod`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from podwright_lab.api.api_error import Object
from podwright_lab.kubelet.agenda import Process
from podwright_lab.kubelet.back_off import BackOff
from podwright_lab.kubelet.container_status import Failure, Readings, should_restart
from podwright_lab.kubelet.cri import Container, PodStatus
from podwright_lab.kubelet.event_recorder import EventRecorder
from podwright_lab.kubelet.image_puller import ImagePuller
from podwright_lab.kubelet.launch import StartError
from podwright_lab.kubelet.pleg import Pleg
from podwright_lab.kubelet.probes import Probes
from podwright_lab.kubelet.run import Run
from podwright_lab.kubelet.runtime import Runtime, image_hash
from podwright_lab.kubelet.static_pod import containers, grace_seconds, init_containers, uid_of

#: `NAME_MAX` of Linux' file systems
_LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class Wait:
    """Not everything was started; `seconds` until the next attempt, `None` for the usual back-off."""

    message: str
    seconds: float | None = None


class ContainerSync:
    """Starts, restarts and ends containers, and remembers why one could not be started."""

    def __init__(
        self,
        run: Run,
        runtime: Runtime,
        pleg: Pleg,
        *,
        images: ImagePuller,
        probes: Probes,
        events: EventRecorder,
    ) -> None:
        self._run = run
        self._runtime = runtime
        self._pleg = pleg
        self._images = images
        self._probes = probes
        self._events = events
        self._failures: dict[str, dict[str, Failure]] = {}
        self._crashes: BackOff[tuple[str, str]] = BackOff(
            run.timing.crash_back_off, run.timing.crash_back_off_limit
        )

    def readings(self, pod: Object, reported: Object) -> Readings:
        """`reported` is the status that was last set for this uid."""
        groups = (reported.get(group) or [] for group in ("initContainerStatuses", "containerStatuses"))
        return Readings(
            self._failures.get(uid_of(pod), {}),
            {entry["name"]: entry for group in groups for entry in group},
            lambda spec, container: self._probes.ready(pod, spec, container),
            lambda spec, container: self._probes.started(pod, spec, container),
        )

    def forget(self, uid: str) -> None:
        self._failures.pop(uid, None)

    def sync(self, pod: Object, status: PodStatus, report: Callable[[], object]) -> Process:
        """Returns None when all that should run was started, otherwise a Wait."""
        sandbox = next((sandbox for sandbox in status.sandboxes if sandbox.ready), None)
        if sandbox is None:
            if not self._wanted(pod, status):
                return None
            problem = sandbox_problem(pod)
            if problem:
                self._events.record(pod, "Warning", "FailedCreatePodSandBox", problem)
                return Wait(f'failed to "CreatePodSandbox" for "{pod["metadata"]["name"]}": {problem}')
            if status.sandboxes:
                message = "Pod sandbox changed, it will be killed and re-created."
                self._events.record(pod, "Normal", "SandboxChanged", message)
                yield from self._runtime.stop_pod(uid_of(pod), grace_seconds(pod))
            attempt = status.sandboxes[0].attempt + 1 if status.sandboxes else 0
            sandbox = yield from self._runtime.run_sandbox(pod, attempt)
            report()
        yield from self._end_unhealthy(pod, status)
        waits: list[Wait] = []
        started = False
        for spec, init in self._next(pod, status):
            wait = yield from self._start(pod, spec, sandbox.id, status, init=init)
            started = started or wait is None
            waits += [] if wait is None else [wait]
        if started:
            self._pleg.relist_soon(uid_of(pod))
        return _sum(waits)

    def _wanted(self, pod: Object, status: PodStatus) -> bool:
        """A pod whose containers are all done needs no new sandbox."""
        return any(should_restart(pod, spec, status) for spec in containers(pod))

    def _next(self, pod: Object, status: PodStatus) -> list[tuple[Object, bool]]:
        """What is to be started now; init containers come one by one before the others."""
        for spec in init_containers(pod):
            newest = status.newest(spec["name"])
            if newest is not None and newest.running:
                return []
            if newest is None or newest.exit_code != 0 or not newest.exited:
                failed = newest is not None and newest.exited
                return [] if failed and pod["spec"].get("restartPolicy") == "Never" else [(spec, True)]
        return [(spec, False) for spec in containers(pod) if self._to_start(pod, spec, status)]

    def _to_start(self, pod: Object, spec: Object, status: PodStatus) -> bool:
        newest = status.newest(spec["name"])
        if newest is not None and newest.running:
            return self._reason_to_end(pod, spec, newest) is not None
        return should_restart(pod, spec, status)

    def _reason_to_end(self, pod: Object, spec: Object, container: Container) -> str | None:
        name = spec["name"]
        if container.annotations["io.kubernetes.container.hash"] != image_hash(spec):
            return f"Container {name} definition changed, will be restarted"
        failed = self._probes.failed(pod, container)
        return None if failed is None else f"Container {name} failed {failed} probe, will be restarted"

    def _end_unhealthy(self, pod: Object, status: PodStatus) -> Process:
        for spec in containers(pod):
            newest = status.newest(spec["name"])
            if newest is None or not newest.running:
                continue
            reason = self._reason_to_end(pod, spec, newest)
            if reason is not None:
                self._record(pod, spec, "Normal", "Killing", reason)
                grace = max(grace_seconds(pod), self._run.timing.minimum_grace)
                yield from self._runtime.stop_container(newest.id, grace)

    def _start(self, pod: Object, spec: Object, sandbox_id: str, status: PodStatus, *, init: bool) -> Process:
        newest = status.newest(spec["name"])
        dead = next((container for container in status.of(spec["name"]) if container.exited), None)
        wait = self._crash_wait(pod, spec, dead)
        if wait is not None:
            return wait
        failure = yield from self._images.ensure(pod, spec)
        if failure is not None:
            return self._failed(pod, spec, failure)
        if dead is not None:
            self._crashes.next((uid_of(pod), spec["name"]), dead.ended, self._run.agenda.now)
        attempt = newest.attempt + 1 if newest is not None else 0
        container = yield from self._runtime.create_container(pod, sandbox_id, spec, attempt)
        self._record(pod, spec, "Normal", "Created", "Container created", init=init)
        try:
            yield from self._runtime.start_container(pod, spec, container)
        except StartError as error:
            self._record(pod, spec, "Warning", "Failed", f"Error: {error}", init=init)
            return self._failed(pod, spec, Failure("RunContainerError", str(error)))
        self._record(pod, spec, "Normal", "Started", "Container started", init=init)
        self._failures.get(uid_of(pod), {}).pop(spec["name"], None)
        return None

    def _crash_wait(self, pod: Object, spec: Object, dead: Container | None) -> Wait | None:
        """The first restart is free; after that each waits twice as long (`doBackOff`).

        What counts is the last life that was seen dead: one that is ended for its probe in this very sync was not.
        """
        if dead is None:
            return None
        key, since = (uid_of(pod), spec["name"]), dead.ended
        remaining = self._crashes.remaining(key, since, self._run.agenda.now)
        if remaining <= 0:
            return None
        metadata = pod["metadata"]
        who = f"pod {metadata['name']}_{metadata['namespace']}({uid_of(pod)})"
        self._record(
            pod, spec, "Warning", "BackOff", f"Back-off restarting failed container {spec['name']} in {who}"
        )
        seconds = int(self._crashes.seconds(key))
        message = f"back-off {_duration(seconds)} restarting failed container={spec['name']} {who.replace(' ', '=', 1)}"
        self._failures.setdefault(uid_of(pod), {})[spec["name"]] = Failure("CrashLoopBackOff", message)
        return Wait(message, self._run.jitter.prolong(remaining))

    def _failed(self, pod: Object, spec: Object, failure: Failure) -> Wait:
        self._failures.setdefault(uid_of(pod), {})[spec["name"]] = failure
        return Wait(
            f'failed to "StartContainer" for "{spec["name"]}" with {failure.reason}: "{failure.message}"'
        )

    def _record(
        self, pod: Object, spec: Object, kind: str, reason: str, message: str, *, init: bool = False
    ) -> None:
        group = "initContainers" if init else "containers"
        self._events.record(pod, kind, reason, message, f"spec.{group}{{{spec['name']}}}")

    def record_killing(self, pod: Object) -> None:
        for container in self._runtime.status(uid_of(pod)).containers:
            if container.running:
                field = f"spec.containers{{{container.name}}}"
                self._events.record(pod, "Normal", "Killing", f"Stopping container {container.name}", field)

    def record_orphan_killing(self, uid: str) -> None:
        for container in self._runtime.status(uid).containers:
            if container.running:
                metadata = {"name": container.pod_name, "namespace": container.namespace, "uid": uid}
                field = f"spec.containers{{{container.name}}}"
                message = f"Stopping container {container.name}"
                self._events.record({"metadata": metadata}, "Normal", "Killing", message, field)


def sandbox_problem(pod: Object) -> str:
    """Why no sandbox can be made, or empty: the folder of the logs is named after the pod, and has to fit."""
    metadata, runtime_class = pod["metadata"], pod["spec"].get("runtimeClassName")
    if runtime_class:
        return f'failed to get sandbox runtime: RuntimeClass "{runtime_class}" not found'
    folder = f"{metadata['namespace']}_{metadata['name']}_{uid_of(pod)}"
    if len(folder) > _LONGEST_NAME:
        return f"mkdir /var/log/pods/{folder}: file name too long"
    return ""


def _sum(waits: list[Wait]) -> Wait | None:
    """A crash loop is looked at again when its wait is over; any other failure after the usual back-off."""
    if not waits:
        return None
    seconds = [wait.seconds for wait in waits if wait.seconds is not None]
    return Wait(
        "; ".join(wait.message for wait in waits), min(seconds) if len(seconds) == len(waits) else None
    )


def _duration(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"
