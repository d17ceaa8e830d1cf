"""The kubelet of a machine and the runtime behind it, as they showed themselves."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from podwright.plan.unknown_fact import Known, Unknown


class Runtime(Struct, frozen=True):
    """The container runtime behind the kubelet's endpoint; `sockets` are those of runtimes that are there."""

    endpoint: str
    sockets: tuple[str, ...]
    name: Known[str]
    version: Known[str]
    cgroup_driver: Known[str]
    crictl: Known[Mapping[str, str]]


class Setting(Struct, frozen=True):
    """A value that is in force, and the flag or the file that sets it."""

    value: object
    source: str


class Unit(Struct, frozen=True):
    """A service as its manager shows it; `files` are the unit file and its drop-ins."""

    name: str
    active: str
    enabled: str
    result: str = ""
    restarts: Known[int] = field(default_factory=lambda: Unknown("its service manager does not count"))
    needs_reload: bool = False
    files: tuple[str, ...] = ()


class KubeletState(Struct, frozen=True):
    """The node's own kubelet; `objections`, by rules, and `trial`, by its program, are why it would not start again."""

    running: bool
    problem: str
    pid: Known[int]
    process: str
    version: Known[str]
    unit: Known[Unit]
    started: Known[int]  # Unix seconds
    static_pod_path: Known[str]
    node_name: Known[str]
    standalone: Known[bool]
    config: Known[Mapping[str, Setting]]  # what is set, by name
    objections: Known[tuple[str, ...]]
    trial: Known[str]
    api: Known[str]  # HOST:PORT
    certificate_is_link: Known[bool]
