"""A machine on which every check passes, for tests that spoil one thing of it."""

from __future__ import annotations

from tests.fakes.copies import replace

from podwright.inventory.node import Connection, Node, NodeSettings
from podwright.manifests.manifest import Manifest
from podwright.plan.facts import (
    Certificate,
    Cgroup,
    Facts,
    FileSystem,
    Identity,
    Kernel,
    KubeProxy,
    Limits,
    ListeningPort,
    Network,
    OperatingSystem,
    Rights,
    Route,
    Security,
    Swap,
    Sysctl,
    Time,
)
from podwright.plan.kubelet_state import KubeletState, Runtime, Setting, Unit
from podwright.plan.node_checks.check import Judged, Subject
from podwright.plan.node_checks.table import CHECKS
from podwright.plan.observed import FolderState, KubeletFacts, Observation

FOLDER, CONFIG = "/etc/kubernetes/manifests", "/var/lib/kubelet/config.yaml"
DAY = 86_400
OPTIONS = (
    "CGROUPS", "NAMESPACES", "UTS_NS", "IPC_NS", "PID_NS", "NET_NS", "CGROUP_PIDS", "CPUSETS", "MEMCG",
    "CGROUP_SCHED", "FAIR_GROUP_SCHED", "CFS_BANDWIDTH", "INOTIFY_USER", "SECCOMP_FILTER",
)  # fmt: skip
SYSCTLS = {
    "net.ipv4.ip_forward": "1", "fs.inotify.max_user_instances": "8192",
    "fs.inotify.max_user_watches": "524288", "fs.file-max": "1000000",
    "net.netfilter.nf_conntrack_max": "262144", "vm.overcommit_memory": "1", "vm.panic_on_oom": "0",
    "kernel.panic": "10", "kernel.panic_on_oops": "1", "kernel.keys.root_maxkeys": "1000000",
    "kernel.keys.root_maxbytes": "25000000",
}  # fmt: skip
CONFIGURED = {
    "--config": CONFIG, "--kubeconfig": "/etc/kubernetes/kubelet.conf", "staticPodPath": FOLDER,
    "cgroupDriver": "systemd", "authentication.anonymous.enabled": False, "authorization.mode": "Webhook",
    "authentication.x509.clientCAFile": "/etc/kubernetes/pki/ca.crt", "rotateCertificates": True,
    "serverTLSBootstrap": True, "podPidsLimit": 4096, "seccompDefault": True,
    "tlsCipherSuites": ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"],
}  # fmt: skip
CONTROL_PLANE = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")


def config(**settings: object) -> dict[str, Setting]:
    """`authorization__mode` is `authorization.mode`; None takes a setting out."""
    values = {**CONFIGURED, **{name.replace("__", "."): value for name, value in settings.items()}}
    return {name: Setting(value, CONFIG) for name, value in values.items() if value is not None}


def kubelet(**changes: object) -> KubeletState:
    state = KubeletState(
        running=True,
        problem="",
        pid=812,
        process="kubelet",
        version="1.34.1",
        unit=Unit("kubelet", "active", "enabled", "success", 0),
        started=1_796_000_000,
        static_pod_path=FOLDER,
        node_name="n1",
        standalone=False,
        config=config(),
        objections=(),
        trial="",
        api="10.0.0.1:6443",
        certificate_is_link=True,
    )
    return replace(state, **changes)


def facts(**changes: object) -> Facts:
    good = Facts(
        login="0",
        os=OperatingSystem("debian", "13", "Debian 13"),
        kernel=Kernel(
            "6.12.1", "x86_64", {"overlay": True}, {f"CONFIG_{name}": "y" for name in OPTIONS}, ("overlay",)
        ),
        init="systemd",
        virtualization="none",
        distribution="kubeadm",
        cpus=4,
        memory_bytes=8 << 30,
        swap=Swap((), ()),
        cgroup=Cgroup(2, ("cpu", "cpuset", "io", "memory", "pids")),
        sysctls={name: Sysctl(value, (), "/etc/sysctl.d/k.conf", value, lasts=True) for name, value in SYSCTLS.items()},
        time=Time(synchronized=True, source="chronyc", offset_seconds=0.1, uncertainty_seconds=0.2),
        file_systems=(FileSystem("/", "ext4", 100 << 30, 50 << 30, 1_000, 900),),
        runtime=Runtime(
            "unix:///run/containerd/containerd.sock", (), "containerd", "2.0.0", "systemd",
            {"runtime-endpoint": "unix:///run/containerd/containerd.sock"},
        ),
        kubelet=kubelet(),
        certificates=(
            Certificate("/etc/kubernetes/pki/ca.crt", "CN=kubernetes", "2034-01-01T00:00:00Z", 3000 * DAY, authority=True),
            Certificate("/etc/kubernetes/pki/apiserver.crt", "CN=kube-apiserver", "2027-06-01T00:00:00Z", 200 * DAY),
            Certificate("/var/lib/kubelet/pki/kubelet-client-current.pem", "CN=n1", "2027-06-01T00:00:00Z", 200 * DAY),
        ),
        ports=(ListeningPort("tcp", "0.0.0.0", 10250, "kubelet", 812),),
        proxies=(),
        kube_proxy=KubeProxy(900, in_pod=False, kubeconfig="/var/lib/kube-proxy/kubeconfig", metrics="127.0.0.1:10249"),
        security=Security((), "off", apparmor=False, firewalls=(), input="accept"),
        identity=Identity("n1", "0" * 32, "4c4c4544-0042", "b", ("02:00:00:00:00:01",)),
        network=Network(("10.0.0.1", "127.0.0.1"), Route("10.0.0.1", "eth0", "10.0.0.254"), host_name_resolves=True),
        limits=Limits(20, 100, {"kubelet": 1_000_000, "containerd": 1_048_576}),
        kubeadm="1.34.1",
        pending=(),
        units={},
        tools=("ip", "iptables", "mount", "umount", "nsenter", "conntrack", "modprobe", "ebtables", "ethtool", "socat", "tc",
               "touch", "kubeadm"),
        name_servers=("192.0.2.1",),
        local_names=("localhost", "n1"),
        paths=("/etc/kubernetes/kubelet.conf", "/etc/resolv.conf"),
        files=tuple(rights(f"{FOLDER}/{name}.yaml") for name in CONTROL_PLANE),
        unreadable=(),
    )  # fmt: skip
    return replace(good, **changes)


def rights(path: str, mode: str = "600", owner: str = "root:root", modified: int = 1_795_000_000) -> Rights:
    return Rights(path, mode, *owner.split(":"), modified)


def node(name: str = "n1", *groups: str, **settings: object) -> Node:
    return Node(name, Connection(name), settings=NodeSettings(**settings), groups=groups)


def observation(**changes: object) -> Observation:
    seen = Observation(
        "n1",
        "n1",
        KubeletFacts(True, 812, FOLDER, "staticPodPath"),
        FOLDER,
        FolderState.USABLE,
        pods=(),
        images=(),
    )
    return replace(seen, **changes)


def subject(
    name: str = "n1",
    *groups: str,
    manifests: tuple[Manifest, ...] = (),
    seen: Observation | None = None,
    settings: dict[str, object] | None = None,
    **changes: object,
) -> Subject:
    """A good node; `changes` are of its facts."""
    return Subject(
        node(name, *groups, **(settings or {})), facts(**changes), seen or observation(), manifests
    )


def judged(name: str, on: Subject) -> Judged:
    """What the check of that id comes to."""
    [found] = [check.judge(on) for check in CHECKS if check.id == name]
    return found


def result(name: str, on: Subject) -> str:
    return judged(name, on).result.value
