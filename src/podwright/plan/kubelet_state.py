"""The kubelet of a machine and the runtime behind it, as they showed themselves."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from podwright.plan.known import Known, Unknown


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
    """The node's own kubelet, since `started` (Unix seconds). `config` is what is set, by name, each with its source;
    `objections` are why a kubelet of its version would not start with it, `trial` is why its own program would not: empty
    if it would."""

    running: bool
    problem: str
    pid: Known[int]
    process: str
    version: Known[str]
    unit: Known[Unit]
    started: Known[int]
    static_pod_path: Known[str]
    node_name: Known[str]
    standalone: Known[bool]
    config: Known[Mapping[str, Setting]]
    objections: Known[tuple[str, ...]]
    trial: Known[str]
