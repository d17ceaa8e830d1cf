"""Probes containers (`pkg/kubelet/prober`): when each runs, and what its results mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from podwright_lab.api.api_error import Object
from podwright_lab.kubelet.agenda import Process, Scope
from podwright_lab.kubelet.cri import Container
from podwright_lab.kubelet.event_recorder import EventRecorder
from podwright_lab.kubelet.port_probes import Probed
from podwright_lab.kubelet.run import Run
from podwright_lab.kubelet.runtime import Runtime
from podwright_lab.kubelet.static_pod import containers, uid_of

_KINDS = (("startup", "startupProbe"), ("liveness", "livenessProbe"), ("readiness", "readinessProbe"))


@dataclass(slots=True)
class _Prober:
    """One probe of one container of one pod, over all lives of the container."""

    pod: Object
    spec: Object
    kind: str
    probe: Object
    scope: Scope = field(default_factory=Scope)
    container_id: str = ""
    last: bool | None = None
    run: int = 0
    on_hold: bool = False


class Probes:
    """`changed` is called with the pod when a result turns. What cannot be probed succeeds: gRPC, simulated containers."""

    def __init__(
        self, run: Run, runtime: Runtime, events: EventRecorder, changed: Callable[[Object], None]
    ) -> None:
        self._run = run
        self._runtime = runtime
        self._events = events
        self._changed = changed
        self._probers: dict[tuple[str, str, str], _Prober] = {}
        #: results by container id and kind; a life starts without
        self._results: dict[tuple[str, str], bool] = {}

    def add(self, pod: Object) -> None:
        for spec in containers(pod):
            for kind, name in _KINDS:
                key = (uid_of(pod), spec["name"], kind)
                if spec.get(name) and key not in self._probers:
                    prober = self._probers[key] = _Prober(pod, spec, kind, spec[name])
                    self._run.agenda.spawn(self._keep_probing(prober), prober.scope)

    def stop(self, pod: Object) -> None:
        """The pod ends: no container may be restarted any more."""
        self._drop(pod, ("startup", "liveness"))

    def remove(self, pod: Object) -> None:
        self._drop(pod, tuple(kind for kind, _ in _KINDS))
        for container in self._runtime.status(uid_of(pod)).containers:
            self._forget(container.id)

    def _drop(self, pod: Object, kinds: tuple[str, ...]) -> None:
        for key in [key for key in self._probers if key[0] == uid_of(pod) and key[2] in kinds]:
            self._probers.pop(key).scope.close()

    def ready(self, pod: Object, spec: Object, container: Container) -> bool:
        if not self.started(pod, spec, container):
            return False
        return not spec.get("readinessProbe") or self._results.get((container.id, "readiness"), False)

    def started(self, _pod: Object, spec: Object, container: Container) -> bool:
        return not spec.get("startupProbe") or self._results.get((container.id, "startup"), False)

    def failed(self, _pod: Object, container: Container) -> str | None:
        """The kind of the probe for which the container has to be restarted."""
        for kind in ("liveness", "startup"):
            if self._results.get((container.id, kind)) is False:
                return kind
        return None

    def _keep_probing(self, prober: _Prober) -> Process:
        period = float(prober.probe.get("periodSeconds") or 10)
        while self._run.scope.alive:
            yield from self._probe_once(prober)
            yield period

    def _probe_once(self, prober: _Prober) -> Process:
        container = self._runtime.status(uid_of(prober.pod)).newest(prober.spec["name"])
        if container is None or not container.running:
            return
        if container.id != prober.container_id:
            self._forget(prober.container_id)
            prober.container_id, prober.last, prober.run, prober.on_hold = container.id, None, 0, False
        started = self.started(prober.pod, prober.spec, container)
        if prober.on_hold or started is (prober.kind == "startup"):
            return
        delay = float(prober.probe.get("initialDelaySeconds") or 0)
        if self._run.agenda.now - container.began < delay:
            return
        answer = yield from self._runtime.probe(container.id, prober.spec, prober.probe)
        self._judge(prober, container, answer or Probed(success=True))

    def _judge(self, prober: _Prober, container: Container, answer: Probed) -> None:
        success = answer.success
        if not success:
            kind = prober.kind.capitalize()
            name = f"spec.containers{{{prober.spec['name']}}}"
            self._events.record(
                prober.pod, "Warning", "Unhealthy", f"{kind} probe failed: {answer.output}", name
            )
        prober.run = prober.run + 1 if prober.last is success else 1
        prober.last = success
        threshold = int(
            prober.probe.get("successThreshold" if success else "failureThreshold") or (1 if success else 3)
        )
        if prober.run < threshold:
            return
        # a container that will be restarted is not asked again in this life
        prober.on_hold = not success and prober.kind != "readiness"
        key = (container.id, prober.kind)
        if self._results.get(key) is not success:
            self._results[key] = success
            self._changed(prober.pod)

    def _forget(self, container_id: str) -> None:
        for kind, _ in _KINDS:
            self._results.pop((container_id, kind), None)
