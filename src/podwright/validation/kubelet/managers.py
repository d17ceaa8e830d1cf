"""What the kubelet's managers of CPUs, memory and topology refuse, once its runtime answered.

Source: pkg/kubelet/cm: cpumanager/policy_options.go, topologymanager/policy_options.go, memorymanager/policy_static.go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction

from msgspec import Struct

from podwright.pods.go_fields import Record, child, pairs, records, text
from podwright.validation.checks import names
from podwright.validation.checks.quantities import int64_of, parse_quantity, quantity
from podwright.validation.findings import shown
from podwright.validation.kubelet.allocatable import cpus_of
from podwright.validation.kubelet.gates import is_on

_NEVER = 10_000
_BOOLEANS = frozenset(["1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"])
_TRUE = frozenset(["1", "t", "T", "TRUE", "true", "True"])
_INTEGER = re.compile(r"[+]?[0-9]{1,100}", re.ASCII)
#: the kubelet enumerates every set of NUMA nodes up to these
_FEWEST_NUMA_NODES = 8


class _Option(Struct, frozen=True):
    """An option of a policy: the minor versions that brought it, and that made it beta and stable."""

    since: int
    beta: int = _NEVER
    stable: int = _NEVER


_CPU_OPTIONS: Mapping[str, _Option] = {
    "full-pcpus-only": _Option(22, 23, 33),
    "distribute-cpus-across-numa": _Option(23, 33),
    "align-by-socket": _Option(25),
    "distribute-cpus-across-cores": _Option(31),
    "strict-cpu-reservation": _Option(32, 33, 35),
    "prefer-align-cpus-by-uncorecache": _Option(32, 34, 36),
}
_EXCLUSIVE = (
    ("distribute-cpus-across-cores", "full-pcpus-only"),
    ("distribute-cpus-across-cores", "distribute-cpus-across-numa"),
    ("distribute-cpus-across-cores", "prefer-align-cpus-by-uncorecache"),
    ("distribute-cpus-across-numa", "prefer-align-cpus-by-uncorecache"),
)
_TOPOLOGY_OPTIONS: Mapping[str, _Option] = {
    "prefer-closest-numa-nodes": _Option(26, 28, 32),
    "max-allowable-numa-nodes": _Option(31, 31, 35),
}


def wrong_managers(config: Record, minor: int) -> Iterator[tuple[str, str]]:
    """Fields with what is wrong with them, if anything."""
    yield from _cpu_manager(config, minor)
    yield from _topology_manager(config, minor)
    memory = text(config, "memoryManagerPolicy")
    yield "memoryManagerPolicy", names.one_of(memory, ("None", "Static"))
    if memory == "Static":
        yield "reservedMemory", _reserved_memory(config)


def _cpu_manager(config: Record, minor: int) -> Iterator[tuple[str, str]]:
    policy, field = text(config, "cpuManagerPolicy"), "cpuManagerPolicyOptions"
    options = pairs(config, field)
    yield field, _gated(config, field, "CPUManagerPolicyOptions", minor)
    yield "cpuManagerPolicy", names.one_of(policy, ("none", "static"))
    if policy == "static" and not (
        cpus_of(text(config, "reservedSystemCPUs")) or _reserved_in_all(config, "cpu")
    ):
        yield (
            "cpuManagerPolicy",
            "is `static`, which needs CPU in `kubeReserved`, `systemReserved` or by number",
        )
    if policy == "none" and options:
        yield field, "has options, which the policy `none` does not take"
        return
    for name, value in options.items():
        yield field, _wrong_option(name, _CPU_OPTIONS, "CPUManagerPolicy", config, minor)
        yield field, _not_boolean(name, value)
    yield field, _at_once(options, text(config, "topologyManagerPolicy"))


def _gated(config: Record, field: str, gate: str, minor: int) -> str:
    off = field in config and not is_on(gate, child(config, "featureGates"), minor)
    return f"needs the feature gate `{gate}`" if off else ""


def _at_once(options: Mapping[str, str], topology: str) -> str:
    chosen = {name for name, value in options.items() if value in _TRUE}
    for one, other in _EXCLUSIVE:
        if chosen >= {one, other}:
            return f"cannot have both `{one}` and `{other}`"
    if "align-by-socket" in chosen and topology == "single-numa-node":
        return "cannot have `align-by-socket` with the topology manager's policy `single-numa-node`"
    return ""


def _topology_manager(config: Record, minor: int) -> Iterator[tuple[str, str]]:
    """With the policy `none` its options are never read."""
    field = "topologyManagerPolicyOptions"
    yield field, _gated(config, field, "TopologyManagerPolicyOptions", minor)
    if text(config, "topologyManagerPolicy") == "none":
        return
    for name, value in pairs(config, field).items():
        yield field, _wrong_option(name, _TOPOLOGY_OPTIONS, "TopologyManagerPolicy", config, minor)
        if name == "max-allowable-numa-nodes":
            few = not (_INTEGER.fullmatch(value) and _FEWEST_NUMA_NODES <= int(value) < 1 << 63)
            yield (
                field,
                f"has {shown(value)} for `{name}`, but must be at least {_FEWEST_NUMA_NODES}" if few else "",
            )
        else:
            yield field, _not_boolean(name, value)


def _wrong_option(
    name: str, options: Mapping[str, _Option], gates_of: str, config: Record, minor: int
) -> str:
    option = options.get(name)
    if option is None or minor < option.since:
        return f"has {shown(name)}, which there is not in Kubernetes 1.{minor}"
    if minor >= option.stable:
        return ""
    gate = f"{gates_of}{'Beta' if minor >= option.beta else 'Alpha'}Options"
    chosen = child(config, "featureGates")
    return "" if is_on(gate, chosen, minor) else f"has `{name}`, which needs the feature gate `{gate}`"


def _not_boolean(name: str, value: str) -> str:
    return (
        "" if value in _BOOLEANS else f"has {shown(value)} for {shown(name)}, but must be `true` or `false`"
    )


def _reserved_memory(config: Record) -> str:
    """The sum over the NUMA nodes must be what the kubelet keeps from pods anyway."""
    limits = [child(entry, "limits") for entry in records(config, "reservedMemory")]
    total = sum((quantity(one.get("memory")) for one in limits), start=Fraction(0))
    if not total:
        return "must have memory for the policy `Static`"
    if any(name != "memory" for one in limits for name in one):
        return "can have only memory: no huge pages are kept from pods otherwise"
    if any(int64_of(str(amount)) is None for one in limits for amount in one.values()):
        return "must have whole numbers of bytes with one suffix"
    evicted = pairs(config, "evictionHard").get("memory.available", "0")
    if evicted in ("0%", "100%"):
        evicted = "0"
    if evicted.endswith("%"):
        return ""
    kept = _reserved_in_all(config, "memory") + (parse_quantity(evicted) or 0)
    if total != kept:
        return "must sum up to the memory in `kubeReserved`, `systemReserved` and `evictionHard`"
    return ""


def _reserved_in_all(config: Record, name: str) -> Fraction:
    return sum(
        (quantity(child(config, field).get(name)) for field in ("kubeReserved", "systemReserved")),
        start=Fraction(0),
    )
