"""What a machine is, as it showed itself: each fact is a value, or unknown for a reason, never a default."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from podwright.plan.firewall_rules import NOT_ASKED, PacketRules
from podwright.plan.kubelet_state import KubeletState, Runtime, Unit
from podwright.plan.unknown_fact import Known, Unknown


class OperatingSystem(Struct, frozen=True):
    """As os-release names it; `like` are the ids of those that it descends from."""

    id: str
    version: str
    name: str
    like: tuple[str, ...] = ()
    variant: str = ""


class Kernel(Struct, frozen=True):
    """`functions` are what the kernel can do, built in or as a module that is loaded; `options` of its configuration."""

    release: Known[str]
    architecture: Known[str]
    functions: Mapping[str, bool]
    options: Known[Mapping[str, str]]
    modules_at_boot: tuple[str, ...]


class Swap(Struct, frozen=True):
    """`now`: what is swapped to. `at_boot`: what will turn it on, a line of a file or the name of a unit."""

    now: Known[tuple[str, ...]]
    at_boot: tuple[str, ...]


class Cgroup(Struct, frozen=True):
    """`hybrid`: version 1 with a hierarchy of version 2 beside it."""

    version: Known[int]
    controllers: Known[tuple[str, ...]]
    hybrid: bool = False


class Sysctl(Struct, frozen=True):
    """`files` are all that set it, as `FILE: VALUE`; `winner` the one that counts at boot. `lasts`: whether the value that
    is in force now will be there after a boot. `overridden_by` is what may set it later on."""

    value: Known[str]
    files: tuple[str, ...] = ()
    winner: str = ""
    at_boot: Known[str] = field(default_factory=lambda: Unknown("no file sets it"))
    lasts: Known[bool] = field(default_factory=lambda: Unknown("no file sets it"))
    overridden_by: tuple[str, ...] = ()


class Time(Struct, frozen=True):
    """`offset_seconds`: how far the node's clock is ahead of the controller's, give or take `uncertainty_seconds`;
    `spread_seconds`: how far ahead of the median of all nodes that were asked with it."""

    synchronized: Known[bool]
    source: str
    offset_seconds: Known[float]
    uncertainty_seconds: float = 0.0
    spread_seconds: Known[float] = field(
        default_factory=lambda: Unknown("it takes three nodes that have answered")
    )


class FileSystem(Struct, frozen=True):
    """The file system that a path lies on; inodes are unknown where there is no fixed number of them."""

    path: str
    type: str
    size_bytes: int
    available_bytes: int
    inodes: Known[int]
    free_inodes: Known[int]


class Certificate(Struct, frozen=True):
    """Of a file or of a kubeconfig; `seconds_left` by the node's own clock. An `authority` signs others."""

    path: str
    subject: str
    not_after: str
    seconds_left: int
    authority: bool = False


class ListeningPort(Struct, frozen=True):
    """`process` and `pid` are its owner's."""

    protocol: str
    address: str
    port: int
    process: Known[str]
    pid: Known[int]


class Security(Struct, frozen=True):
    """`lsm` are the active modules; SELinux is `enforcing`, `permissive` or `off`. `input` is what becomes
    of a packet for the node that none of its rules takes: `accept` or `drop`."""

    lsm: Known[tuple[str, ...]]
    selinux: str
    apparmor: bool
    firewalls: Known[tuple[str, ...]]
    input: Known[str]
    rules: Known[tuple[PacketRules, ...]] = NOT_ASKED


class Identity(Struct, frozen=True):
    """What must be another on each machine."""

    host_name: Known[str]
    machine_id: Known[str]
    product_uuid: Known[str]
    boot_id: Known[str]
    mac_addresses: tuple[str, ...]


class Limits(Struct, frozen=True):
    """`inotify_instances` are those in use on the whole machine, `connections` those that are tracked now; `open_files` is
    how many the kubelet and its runtime may open, by process."""

    inotify_instances: Known[int]
    connections: Known[int]
    open_files: Mapping[str, int] = field(default_factory=dict)


class Route(Struct, frozen=True):
    """How packets leave the node: from `address`, by `interface`, to `gateway` if there is one."""

    address: str
    interface: str
    gateway: str


class Network(Struct, frozen=True):
    """All addresses, the way of an IPv4 packet to elsewhere, and whether the host name resolves on the node."""

    addresses: Known[tuple[str, ...]]
    route: Known[Route]
    host_name_resolves: Known[bool]


class ProxyUse(Struct, frozen=True):
    """A process that is told of a proxy, which is shown without its password; `api` is the API's address and `services`
    are addresses of services, if it would reach them through the proxy."""

    process: str
    proxy: str
    no_proxy: str
    api: str = ""
    services: tuple[str, ...] = ()


class KubeProxy(Struct, frozen=True):
    """`in_pod`: its files are its pod's; `kubeconfig` is the node's file, `metrics` where it shows them, and `mode` how
    it makes services reachable, empty for the default."""

    pid: int
    in_pod: bool
    kubeconfig: str
    metrics: Known[str]
    mode: Known[str] = ""


class Rights(Struct, frozen=True):
    """Mode in octal, owner and group by name, and when it was last modified (Unix seconds)."""

    path: str
    mode: str
    owner: str
    group: str
    modified: int
    directory: bool = False


class Facts(Struct, frozen=True):
    """All that one look at a machine showed. `login` is the number of the user that looked; only root sees all."""

    login: str
    os: Known[OperatingSystem]
    kernel: Kernel
    init: Known[str]
    virtualization: Known[str]
    distribution: Known[str]
    cpus: Known[int]
    memory_bytes: Known[int]
    swap: Swap
    cgroup: Cgroup
    sysctls: Mapping[str, Sysctl]
    time: Time
    file_systems: Known[tuple[FileSystem, ...]]
    runtime: Runtime
    kubelet: KubeletState
    certificates: Known[tuple[Certificate, ...]]
    ports: Known[tuple[ListeningPort, ...]]
    proxies: Known[tuple[ProxyUse, ...]]
    kube_proxy: Known[KubeProxy]
    security: Security
    identity: Identity
    network: Network
    limits: Limits
    kubeadm: Known[str]
    pending: tuple[str, ...]
    units: Mapping[str, Unit]
    tools: tuple[str, ...]
    name_servers: tuple[str, ...]
    local_names: tuple[str, ...]
    paths: tuple[str, ...]
    files: tuple[Rights, ...]
    unreadable: tuple[str, ...]
