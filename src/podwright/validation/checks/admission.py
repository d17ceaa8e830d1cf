"""Whether a mirror pod would appear: what the kubelet's admission and the API's plugins decide, as far as it can be known.

Source: kubelet `lifecycle/predicate.go`, the Priority and RuntimeClass admission plugins, and recordings of v1.36.
What depends on the node or the cluster is handed on as `Needs`, never guessed.
"""

from __future__ import annotations

from fractions import Fraction

from podwright.pods.digest import canonical
from podwright.pods.go_fields import Record, child, each_container, flag, number, pairs, records, text, texts
from podwright.validation.checks.pod_resources import effective_requests
from podwright.validation.checks.seccomp_and_apparmor import APPARMOR_ANNOTATION
from podwright.validation.findings import Report, shown
from podwright.validation.node_and_cluster import Needs, NodeTerm
from podwright.validation.rules import Concern
from podwright.validation.versions import Behaviour

ALWAYS_THERE = frozenset(["default", "kube-system", "kube-public", "kube-node-lease"])
PRIORITIES = {"": 0, "system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}
_ETCD_LIMIT = 1536 * 1024
# the least that kubeadm's preflight checks let a node have (`NumCPU`, `Mem`), and a disk of 1 GiB
_EVERY_NODE = {"cpu": Fraction(2), "memory": Fraction(1700 * 10**6), "ephemeral-storage": Fraction(2**30)}
_OS_LABEL = "kubernetes.io/os"
# kubelet `sysctl/safe_sysctls.go`
_SAFE_SYSCTLS = frozenset([
    "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range",
    "net.ipv4.ip_unprivileged_port_start", "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes",
])  # fmt: skip
_TCP_BUFFERS = frozenset(["net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"])
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def check_admission(pod: Record, report: Report) -> Needs:
    """Note what would be refused anywhere, and return what the surroundings decide."""
    spec = child(pod, "spec")
    _check_priority(spec, report)
    if pairs(spec, "overhead") and not text(spec, "runtimeClassName"):
        message = "is set without a `runtimeClassName`, so the API refuses the mirror pod"
        report.add("runtime-class", ("spec", "overhead"), message, concern=Concern.MIRROR)
    if text(child(spec, "os"), "name") == "windows":
        hint = "podwright's nodes run Linux; leave `os` out"
        report.add(
            "not-admitted", ("spec", "os", "name"), "is not the operating system of a Linux node", hint
        )
    _check_os_label(pairs(child(pod, "metadata"), "labels"), report)
    return _needs(pod, spec, report)


def _check_os_label(labels: dict[str, str], report: Report) -> None:
    """The kubelet takes this label of the pod itself for a selector (`rejectPodAdmissionBasedOnOSSelector`)."""
    if labels.get(_OS_LABEL, "linux") != "linux":
        path = ("metadata", "labels", _OS_LABEL)
        report.add("not-admitted", path, "is not the operating system of a Linux node", "leave the label out")


def _needs(pod: Record, spec: Record, report: Report) -> Needs:
    namespace = text(child(pod, "metadata"), "namespace")
    priority_class = text(spec, "priorityClassName")
    affinity = child(child(spec, "affinity"), "nodeAffinity")
    return Needs(
        namespace="" if namespace in ALWAYS_THERE else namespace,
        priority_class="" if priority_class in PRIORITIES else priority_class,
        priority=number(spec, "priority") if "priority" in spec else None,
        runtime_class=text(spec, "runtimeClassName"),
        node_labels=tuple(sorted(pairs(spec, "nodeSelector").items())),
        node_terms=_node_terms(child(affinity, _REQUIRED)) if _REQUIRED in affinity else None,
        resources=tuple(_large_requests(spec)),
        network=not flag(spec, "hostNetwork"),
        sysctls=_unsafe_sysctls(spec, report),
        apparmor=_has_apparmor(pod, spec),
        strict_groups=text(child(spec, "securityContext"), "supplementalGroupsPolicy") == "Strict",
    )


def _unsafe_sysctls(spec: Record, report: Report) -> tuple[str, ...]:
    safe = _SAFE_SYSCTLS | (_TCP_BUFFERS if report.does(Behaviour.SAFE_TCP_BUFFERS) else frozenset())
    sysctls = records(child(spec, "securityContext"), "sysctls")
    return tuple(text(one, "name") for one in sysctls if text(one, "name").replace("/", ".") not in safe)


def _has_apparmor(pod: Record, spec: Record) -> bool:
    contexts = [child(one, "securityContext") for _, one in each_container(spec)]
    profiles = [child(one, "appArmorProfile") for one in (child(spec, "securityContext"), *contexts)]
    annotations = pairs(child(pod, "metadata"), "annotations")
    old = [value for key, value in annotations.items() if key.startswith(APPARMOR_ANNOTATION)]
    return any(text(one, "type") in {"RuntimeDefault", "Localhost"} for one in profiles) or any(
        value not in {"", "unconfined"} for value in old
    )


def _node_terms(selector: Record) -> tuple[NodeTerm, ...]:
    return tuple(
        NodeTerm(_expressions(term, "matchExpressions"), _expressions(term, "matchFields"))
        for term in records(selector, "nodeSelectorTerms")
    )


def _expressions(term: Record, name: str) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    return tuple(
        (text(one, "key"), text(one, "operator"), tuple(texts(one, "values"))) for one in records(term, name)
    )


def _large_requests(spec: Record) -> list[tuple[str, Fraction]]:
    """What the pod requests beyond the least that any node has."""
    total = effective_requests(spec)
    return [(name, amount) for name, amount in total.items() if amount > _surely(name, amount)]


def _surely(name: str, amount: Fraction) -> Fraction:
    """What any node has; extended resources that it lacks are ignored for static pods, huge pages are not."""
    return Fraction(0) if name.startswith("hugepages-") else _EVERY_NODE.get(name, amount)


def _check_priority(spec: Record, report: Report) -> None:
    name = text(spec, "priorityClassName")
    if name.startswith("system-") and name not in PRIORITIES:
        message = f"is {shown(name)}, but no cluster can have a class of its own that begins with `system-`"
        report.add("priority", ("spec", "priorityClassName"), message)
    if name not in PRIORITIES:
        return
    expected = PRIORITIES[name]
    if "priority" in spec and number(spec, "priority") != expected:
        message = f"is {number(spec, 'priority')}, but the API computes {expected} and refuses the mirror pod"
        report.add(
            "priority", ("spec", "priority"), message, "name a `priorityClassName` and leave `priority` out"
        )
    if text(spec, "preemptionPolicy") not in {"", "PreemptLowerPriority"}:
        message = "differs from that of the priority class, so the API refuses the mirror pod"
        report.add("priority", ("spec", "preemptionPolicy"), message)


def check_size(pod: Record, report: Report) -> None:
    """Whether etcd takes the pod; to know costs as much as many a check."""
    size = len(canonical(pod))
    if size > _ETCD_LIMIT:
        message = f"the pod has {size} bytes, more than etcd takes (1.5 MiB), so there would be no mirror pod"
        report.add("mirror-too-large", (), message)
