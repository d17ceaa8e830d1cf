"""What a kubelet refuses of what it is to reserve and to enforce, before it asks its runtime.

Source: pkg/kubelet/apis/config/validation/validation.go, validation_reserved_memory.go; k8s.io/utils/cpuset.
"""

from __future__ import annotations

import re

from podwright.pods.go_fields import Record, child, each, flag, number, text, texts
from podwright.validation.checks.quantities import quantity
from podwright.validation.findings import shown
from podwright.validation.kubelet.verdict import Found

_COMPRESSIBLE_SINCE = 32
_LONGEST = 1000
#: numbers as strconv `Atoi` takes them
_CPUS = re.compile(r"[+]?[0-9]+(-[+-]?[0-9]+)?(,[+]?[0-9]+(-[+-]?[0-9]+)?)*")


def check_allocatable(config: Record, minor: int, found: Found) -> None:
    _check_enforced(config, minor, found)
    cpus = text(config, "reservedSystemCPUs")
    if cpus and (text(config, "systemReservedCgroup") or text(config, "kubeReservedCgroup")):
        found.refuse(("reservedSystemCPUs",), "cannot stand beside a cgroup for reserved resources")
    if cpus and cpus_of(cpus) is None:
        found.refuse(("reservedSystemCPUs",), f"is {shown(cpus)}, which is not a list of CPUs")
    _check_reserved_memory(config, found)


def _check_enforced(config: Record, minor: int, found: Found) -> None:
    path = ("enforceNodeAllocatable",)
    enforced = texts(config, "enforceNodeAllocatable")
    cgroups = {"system-reserved": "systemReservedCgroup", "kube-reserved": "kubeReservedCgroup"}
    if minor >= _COMPRESSIBLE_SINCE:
        for name, cgroup in tuple(cgroups.items()):
            cgroups[f"{name}-compressible"] = cgroup
            if name in enforced and f"{name}-compressible" in enforced:
                found.refuse(path, f"cannot have both `{name}` and `{name}-compressible`")
        if len(set(enforced)) < len(enforced):
            found.refuse(path, "has an entry twice")
    for entry in enforced:
        if entry == "none":
            found.refuse(path, "cannot have `none` beside others" if len(enforced) > 1 else "")
            continue
        if entry not in ("pods", *cgroups):
            found.refuse(path, f"has {shown(entry)}, which there is not")
            continue
        if entry in cgroups and not text(config, cgroups[entry]):
            found.refuse(path, f"has `{entry}`, which needs `{cgroups[entry]}`")
        if not flag(config, "cgroupsPerQOS"):
            found.refuse(path, f"has `{entry}`, which needs `cgroupsPerQOS: true`; write `[none]`")


def _check_reserved_memory(config: Record, found: Found) -> None:
    seen: set[tuple[int, str]] = set()
    for path, entry in each(config, "reservedMemory", ()):
        node = number(entry, "numaNode")
        for name, amount in child(entry, "limits").items():
            if name != "memory" and not name.startswith("hugepages-"):
                found.refuse((*path, "limits", name), "is neither `memory` nor huge pages")
            if not quantity(amount):
                found.refuse((*path, "limits", name), "must not be zero")
            if (node, name) in seen:
                found.refuse((*path, "limits", name), f"stands twice for NUMA node {node}")
            seen.add((node, name))


def cpus_of(text_of_cpus: str) -> frozenset[int] | None:
    """The CPUs of a list such as `0-3,8`; None for text that is not one."""
    if len(text_of_cpus) > _LONGEST or not _CPUS.fullmatch(text_of_cpus):
        return None
    cpus: set[int] = set()
    for part in text_of_cpus.split(","):
        first, _, last = part.partition("-")
        low, high = int(first), int(last or first)
        if low > high or high - low > 100_000:
            return None
        cpus.update(range(low, high + 1))
    return frozenset(cpus)
