"""Whether a mirror pod would appear: what the kubelet's admission and the API's plugins say, as far as one can know.

Source: kubelet `lifecycle/predicate.go`, the Priority and RuntimeClass admission plugins, and recordings of v1.36.
What depends on the node or the cluster is left open (`Report.depends`), never guessed.
"""

from __future__ import annotations

from fractions import Fraction

from podwright.manifests.findings import Report
from podwright.manifests.rules import Concern
from podwright.manifests.stamp import canonical
from podwright.manifests.validation.fields import Record, child, flag, number, pairs, records, text
from podwright.manifests.validation.quantities import quantity

ALWAYS_THERE = frozenset(["default", "kube-system", "kube-public", "kube-node-lease"])
_PRIORITIES = {"": 0, "system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}
_ETCD_LIMIT = 1536 * 1024
# the least that kubeadm's preflight checks let a node have (`NumCPU`, `Mem`), and a disk of 1 GiB
_EVERY_NODE = {"cpu": Fraction(2), "memory": Fraction(1700 * 10**6), "ephemeral-storage": Fraction(2**30)}


def check_admission(pod: Record, report: Report) -> None:
    spec = child(pod, "spec")
    _check_priority(spec, report)
    _check_classes(spec, report)
    _check_size(pod, report)
    if text(child(spec, "os"), "name") == "windows":
        hint = "podwright's nodes run Linux; leave `os` out"
        report.add(
            "not-admitted", ("spec", "os", "name"), "is not the operating system of a Linux node", hint
        )
    _check_place(spec, report)
    if text(child(pod, "metadata"), "namespace") not in {"", *ALWAYS_THERE}:
        report.depends("the namespace must exist in the cluster")
    if not flag(spec, "hostNetwork"):
        report.depends("the node's pod network must be ready")


def _check_priority(spec: Record, report: Report) -> None:
    name = text(spec, "priorityClassName")
    if name not in _PRIORITIES:
        report.depends(f"the PriorityClass `{name[:80]}` must exist in the cluster")
        return
    expected = _PRIORITIES[name]
    if "priority" in spec and number(spec, "priority") != expected:
        message = f"is {number(spec, 'priority')}, but the API computes {expected} and refuses the mirror pod"
        report.add(
            "priority", ("spec", "priority"), message, "name a `priorityClassName` and leave `priority` out"
        )
    if text(spec, "preemptionPolicy") not in {"", "PreemptLowerPriority"}:
        message = "differs from that of the priority class, so the API refuses the mirror pod"
        report.add("priority", ("spec", "preemptionPolicy"), message)


def _check_classes(spec: Record, report: Report) -> None:
    if text(spec, "runtimeClassName"):
        report.depends("the RuntimeClass must exist in the cluster")
    elif pairs(spec, "overhead"):
        message = "is set without a `runtimeClassName`, so the API refuses the mirror pod"
        report.add("runtime-class", ("spec", "overhead"), message, concern=Concern.MIRROR)


def _check_size(pod: Record, report: Report) -> None:
    size = len(canonical(pod))
    if size > _ETCD_LIMIT:
        message = f"the pod has {size} bytes, more than etcd takes (1.5 MiB), so there would be no mirror pod"
        report.add("mirror-too-large", (), message)


def _check_place(spec: Record, report: Report) -> None:
    affinity = child(child(spec, "affinity"), "nodeAffinity")
    if pairs(spec, "nodeSelector") or "requiredDuringSchedulingIgnoredDuringExecution" in affinity:
        report.depends("the node must have the labels that the pod selects")
    total: dict[str, Fraction] = {}
    for container in records(spec, "containers"):
        resources = child(container, "resources")
        for name, value in {**pairs(resources, "limits"), **pairs(resources, "requests")}.items():
            total[name] = total.get(name, Fraction(0)) + quantity(value)
    for name, amount in total.items():
        if name in _EVERY_NODE and amount > _EVERY_NODE[name]:
            report.depends(f"the node must have the `{name}` that the pod requests")
