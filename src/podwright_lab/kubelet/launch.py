"""Runs what a container would run: a process of the lab's user if the host can, otherwise a simulated one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from podwright_lab.api.api_error import Object
from podwright_lab.kubelet.agenda import Agenda, Process, Scope
from podwright_lab.kubelet.port_probes import Probed


class StartError(Exception):
    """The container could not be started; `str()` is the runtime's message."""


@dataclass(frozen=True, slots=True)
class Life:
    """How a simulated container behaves: when it ends by itself, with what, and whether TERM ends it.

    `start_error` is the runtime's message if it cannot even be started.
    """

    seconds: float | None = None
    exit_code: int = 0
    ends_on_term: bool = True
    term_exit_code: int = 0
    start_error: str = ""


class Running(Protocol):
    """A started container."""

    def term(self) -> None: ...

    def kill(self) -> None: ...

    def ask(self, container: Object, probe: Object) -> Process:
        """Probe it as its spec demands: the result, `None` if unknown."""


#: Starts a container of a pod; calls back with what it prints, and with its exit code (128 + the signal's number) once
#: it has ended.
Launch = Callable[[Object, Object, Callable[[int], None], Callable[[bytes], None]], Running]


def unending(_pod: Object, _container: Object) -> Life:
    return Life()


class Simulation:
    """Containers without processes; `life` is how each behaves, `probe` how its exec probes end."""

    def __init__(
        self,
        agenda: Agenda,
        life: Callable[[Object, Object], Life] = unending,
        probe: Callable[[tuple[str, ...]], bool | None] = lambda _: None,
    ) -> None:
        self._agenda = agenda
        self._life = life
        self._probe = probe

    def __call__(
        self,
        pod: Object,
        container: Object,
        on_exit: Callable[[int], None],
        on_output: Callable[[bytes], None],  # noqa: ARG002 - a simulated container prints nothing
    ) -> Running:
        life = self._life(pod, container)
        if life.start_error:
            raise StartError(life.start_error)
        return _Simulated(self._agenda, life, self._probe, on_exit)


class _Simulated:
    def __init__(
        self,
        agenda: Agenda,
        life: Life,
        probe: Callable[[tuple[str, ...]], bool | None],
        on_exit: Callable[[int], None],
    ) -> None:
        self._agenda = agenda
        self._life = life
        self._probe = probe
        self._on_exit = on_exit
        self._scope = Scope()
        if life.seconds is not None:
            agenda.call_after(life.seconds, lambda: self._end(life.exit_code), self._scope)

    def _end(self, code: int) -> None:
        if self._scope.alive:
            self._scope.close()
            self._on_exit(code)

    def term(self) -> None:
        if self._life.ends_on_term:
            self._end(self._life.term_exit_code)

    def kill(self) -> None:
        self._end(137)

    def ask(self, container: Object, probe: Object) -> Process:  # noqa: ARG002 - has no ports
        yield 0.0
        command = (probe.get("exec") or {}).get("command")
        success = self._probe(tuple(command)) if command else None
        return None if success is None else Probed(success)


def environment(container: Object, pod: Object) -> Mapping[str, str]:
    """The plain and the downward variables of a container."""
    values: dict[str, str] = {}
    for entry in container.get("env") or ():
        source = (entry.get("valueFrom") or {}).get("fieldRef") or {}
        values[entry["name"]] = (
            str(entry.get("value", "")) if not source else _field(pod, source.get("fieldPath", ""))
        )
    return values


def _field(pod: Object, path: str) -> str:
    metadata, spec = pod["metadata"], pod["spec"]
    plain = {
        "metadata.name": metadata["name"],
        "metadata.namespace": metadata["namespace"],
        "metadata.uid": metadata["uid"],
        "spec.nodeName": spec["nodeName"],
        "status.hostIP": "127.0.0.1",
        "status.podIP": "127.0.0.1",
    }
    group, _, key = path.partition("['")
    if key:
        return str((metadata.get(group.removeprefix("metadata.")) or {}).get(key.removesuffix("']"), ""))
    return str(plain.get(path, ""))
