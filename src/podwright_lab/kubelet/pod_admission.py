"""Whether the node takes a pod at all (`pkg/kubelet/lifecycle/predicate.go`); a pod refused is not asked about again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from podwright_lab.api.api_error import Object
from podwright_lab.kubelet.static_pod import containers, init_containers

_SUFFIXES = {
    "n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"), "": Decimal(1), "k": Decimal(10**3),
    "M": Decimal(10**6), "G": Decimal(10**9), "T": Decimal(10**12), "P": Decimal(10**15), "E": Decimal(10**18),
    "Ki": Decimal(2**10), "Mi": Decimal(2**20), "Gi": Decimal(2**30), "Ti": Decimal(2**40), "Pi": Decimal(2**50),
    "Ei": Decimal(2**60),
}  # fmt: skip
_QUANTITY = re.compile(r"([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([a-zA-Z]{0,2})")


@dataclass(frozen=True, slots=True)
class Refusal:
    """The reason and message of the Event, and of the status."""

    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class NodeCapacity:
    """What the node reports about itself: labels, and allocatable resources as quantities."""

    labels: Mapping[str, str]
    allocatable: Mapping[str, str] = field(
        default_factory=lambda: {"cpu": "2", "memory": "4Gi", "ephemeral-storage": "40Gi", "pods": "110"}
    )


def quantity(text: object) -> Decimal:
    """A Kubernetes quantity as a number; one that is none counts as 0."""
    matched = _QUANTITY.fullmatch(str(text))
    if matched is None or matched[2] not in _SUFFIXES:
        return Decimal(0)
    return Decimal(matched[1]) * _SUFFIXES[matched[2]]


def refusal(pod: Object, others: Iterable[Object], node: NodeCapacity) -> Refusal | None:
    """Why the node does not take `pod` beside the `others` that it runs."""
    beside = list(others)
    for check in (_operating_system, _resources, _selectors, _ports):
        found = check(pod, beside, node)
        if found is not None:
            return found
    return None


def _operating_system(pod: Object, _others: list[Object], _node: NodeCapacity) -> Refusal | None:
    wanted = (pod["spec"].get("os") or {}).get("name", "linux")
    if wanted == "linux":
        return None
    return Refusal("PodOSNotSupported", "Failed to admit pod as the OS field doesn't match node OS")


def _resources(pod: Object, others: list[Object], node: NodeCapacity) -> Refusal | None:
    missing = []
    for name in ("cpu", "memory", "ephemeral-storage"):
        wanted = _requested(pod, name)
        used = sum((_requested(other, name) for other in others), Decimal(0))
        short = wanted + used - quantity(node.allocatable.get(name, "0"))
        if wanted and short > 0:
            missing.append(f"(res: {name}, q: {_units(name, short)}), ")
    if not missing:
        return None
    # a static pod counts as critical, so the kubelet tries to make room first and reports how that failed
    message = (
        "Unexpected error while attempting to recover from admission failure: preemption: error finding a set of pods "
        f"to preempt: no set of running pods found to reclaim resources: [{''.join(missing)}]"
    )
    return Refusal("UnexpectedAdmissionError", message)


def _units(name: str, amount: Decimal) -> int:
    return int(amount * 1000) if name == "cpu" else int(amount)


def _requested(pod: Object, name: str) -> Decimal:
    def asked(container: Object) -> Decimal:
        return quantity(((container.get("resources") or {}).get("requests") or {}).get(name, "0"))

    together = sum((asked(container) for container in containers(pod)), Decimal(0))
    return max([together, *(asked(container) for container in init_containers(pod))])


def _selectors(pod: Object, _others: list[Object], node: NodeCapacity) -> Refusal | None:
    spec = pod["spec"]
    wanted = spec.get("nodeSelector") or {}
    required = ((spec.get("affinity") or {}).get("nodeAffinity") or {}).get(
        "requiredDuringSchedulingIgnoredDuringExecution"
    )
    matches = all(node.labels.get(key) == str(value) for key, value in wanted.items())
    if matches and (
        required is None or any(_term(term, node) for term in required.get("nodeSelectorTerms") or ())
    ):
        return None
    return Refusal(
        "NodeAffinity", "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"
    )


def _term(term: Object, node: NodeCapacity) -> bool:
    expressions = term.get("matchExpressions") or ()
    return bool(expressions) and all(_expression(expression, node.labels) for expression in expressions)


def _expression(expression: Object, labels: Mapping[str, str]) -> bool:
    key, values = expression.get("key", ""), [str(value) for value in expression.get("values") or ()]
    match expression.get("operator"):
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case "Gt" | "Lt" as operator:
            mine, wanted = labels.get(key, ""), values[0] if values else ""
            if not (mine.lstrip("-").isdigit() and wanted.lstrip("-").isdigit()):
                return False
            return int(mine) > int(wanted) if operator == "Gt" else int(mine) < int(wanted)
    return False


def _ports(pod: Object, others: list[Object], _node: NodeCapacity) -> Refusal | None:
    taken = {port for other in others for port in _host_ports(other)}
    for address, protocol, number in _host_ports(pod):
        for other_address, other_protocol, other_number in taken:
            same = protocol == other_protocol and number == other_number
            if same and (address == other_address or "0.0.0.0" in (address, other_address)):  # noqa: S104
                message = (
                    "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports"
                )
                return Refusal("NodePorts", message)
    return None


def _host_ports(pod: Object) -> Iterable[tuple[str, str, int]]:
    for container in containers(pod):
        for port in container.get("ports") or ():
            if port.get("hostPort"):
                yield port.get("hostIP") or "0.0.0.0", port.get("protocol", "TCP"), port["hostPort"]  # noqa: S104
