"""What is known of a node and its cluster, and what a manifest needs of them for its mirror pod to appear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from msgspec import Struct

from podwright.pods.go_values import Path


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Facts for the judge; None means unknown.

    `allocatable` is in the resource's base unit (CPUs, bytes), `priority_classes` gives each class its value.
    """

    namespaces: frozenset[str] | None = None
    priority_classes: Mapping[str, int] | None = field(default=None, hash=False)
    runtime_classes: frozenset[str] | None = None
    node_labels: Mapping[str, str] | None = field(default=None, hash=False)
    allocatable: Mapping[str, Fraction] | None = field(default=None, hash=False)
    network_ready: bool | None = None
    node_registered: bool | None = None
    allowed_sysctls: frozenset[str] | None = None
    apparmor: bool | None = None
    strict_groups: bool | None = None


# labels that the kubelet of a Linux node sets itself
_ON_EVERY_NODE = {"kubernetes.io/os": "linux", "beta.kubernetes.io/os": "linux"}
# component-helpers `node/util/sysctl/namespace.go`
_NAMESPACED = ("kernel.shm", "kernel.msg", "fs.mqueue.", "net.")
_IN_BYTES = frozenset(["memory", "ephemeral-storage"])
NOTHING_KNOWN = Surroundings()


class NodeTerm(Struct, frozen=True):
    """Expressions that all must hold: (key, operator, values); `fields` are about the node's name."""

    expressions: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    fields: tuple[tuple[str, str, tuple[str, ...]], ...] = ()


class Needs(Struct, frozen=True):
    """What of the surroundings decides whether a mirror pod appears. Each comes with the path that asks for it."""

    namespace: str = ""
    priority_class: str = ""
    priority: int | None = None
    runtime_class: str = ""
    node_labels: tuple[tuple[str, str], ...] = ()
    node_terms: tuple[NodeTerm, ...] | None = None
    resources: tuple[tuple[str, Fraction], ...] = ()
    network: bool = False
    sysctls: tuple[str, ...] = ()
    apparmor: bool = False
    strict_groups: bool = False


NO_NEEDS = Needs()


class Answer(Struct, frozen=True):
    """Whether one need is met (None: unknown), the rule for when it is not, and its message."""

    met: bool | None
    rule: str
    path: Path
    message: str


def answers(needs: Needs, known: Surroundings, node_name: str) -> list[Answer]:
    """One answer a need. A need of the pod network is met or not, but never worth a warning while unknown."""
    found = [*_cluster_answers(needs, known), *_node_answers(needs, known, node_name)]
    if known.node_registered is False:
        found.append(
            Answer(False, "not-admitted", (), "the node has no Node object, so its pods get no mirror pods")
        )
    return found


def _cluster_answers(needs: Needs, known: Surroundings) -> list[Answer]:
    found = []
    if needs.namespace:
        met = None if known.namespaces is None else needs.namespace in known.namespaces
        message = f"is `{needs.namespace}`, which must exist in the cluster"
        found.append(Answer(met, "missing-namespace", ("metadata", "namespace"), message))
    if needs.priority_class:
        message = (
            f"is `{needs.priority_class}`, a class that must exist in the cluster, with the pod's priority"
        )
        found.append(Answer(_class_met(needs, known), "priority", ("spec", "priorityClassName"), message))
    if needs.runtime_class:
        met = None if known.runtime_classes is None else needs.runtime_class in known.runtime_classes
        message = f"is `{needs.runtime_class}`, which must exist in the cluster"
        found.append(Answer(met, "missing-runtime-class", ("spec", "runtimeClassName"), message))
    return found


def _class_met(needs: Needs, known: Surroundings) -> bool | None:
    if known.priority_classes is None:
        return None
    value = known.priority_classes.get(needs.priority_class)
    return value is not None and needs.priority in {None, value}


def _node_answers(needs: Needs, known: Surroundings, node_name: str) -> list[Answer]:
    found = []
    if needs.node_labels or needs.node_terms is not None:
        path: Path = ("spec", "nodeSelector") if needs.node_labels else ("spec", "affinity", "nodeAffinity")
        met = _met_by_labels(needs, known, node_name)
        found.append(Answer(met, "not-admitted", path, "selects labels that the node must have"))
    for name, amount in needs.resources:
        enough = None if known.allocatable is None else amount <= known.allocatable.get(name, Fraction(0))
        message = f"requests `{name}` of {_in_units(name, amount)}, which the node must have"
        found.append(Answer(enough, "not-admitted", ("spec", "containers"), message))
    for name in needs.sysctls:
        met = _allowed_sysctl(name, known)
        message = f"sets `{name}`, which the kubelet must allow (`allowedUnsafeSysctls`)"
        found.append(Answer(met, "not-admitted", ("spec", "securityContext", "sysctls"), message))
    if needs.strict_groups:
        message = "is `Strict`, which the node's container runtime must support"
        path = ("spec", "securityContext", "supplementalGroupsPolicy")
        found.append(Answer(known.strict_groups, "not-admitted", path, message))
    if needs.apparmor:
        message = "names an AppArmor profile, which the node must be able to enforce"
        found.append(Answer(known.apparmor, "not-admitted", ("spec", "containers"), message))
    if needs.network:
        message = "needs the node's pod network, which must be ready"
        found.append(Answer(known.network_ready, "not-admitted", ("spec",), message))
    return found


def _allowed_sysctl(name: str, known: Surroundings) -> bool | None:
    """No kubelet can be configured to allow one that has no namespace of its own (kubelet `sysctl/allowlist.go`)."""
    dotted = name.replace("/", ".")
    if not dotted.startswith(_NAMESPACED) and dotted != "kernel.sem":
        return False
    return None if known.allowed_sysctls is None else name in known.allowed_sysctls


def _met_by_labels(needs: Needs, known: Surroundings, node_name: str) -> bool | None:
    if known.node_labels is not None:
        return _selects(needs, known.node_labels, node_name)
    differs = any(_ON_EVERY_NODE.get(key, value) != value for key, value in needs.node_labels)
    nothing = needs.node_terms is not None and not any(_says_anything(term) for term in needs.node_terms)
    if differs or nothing:
        return False
    decided = needs.node_terms is None and all(key in _ON_EVERY_NODE for key, _ in needs.node_labels)
    return True if decided else None


def _in_units(name: str, amount: Fraction) -> str:
    """An amount as a person writes it: CPUs, and bytes in the largest unit that leaves a few digits."""
    for power, unit in ((50, "Pi"), (40, "Ti"), (30, "Gi"), (20, "Mi"), (10, "Ki")):
        if (name in _IN_BYTES or name.startswith("hugepages-")) and amount >= 2**power:
            return f"{float(amount / 2**power):.4g}{unit}"
    return str(amount.numerator) if amount.denominator == 1 else f"{float(amount):g}"


def _selects(needs: Needs, labels: Mapping[str, str], node_name: str) -> bool:
    if any(labels.get(key) != value for key, value in needs.node_labels):
        return False
    terms = needs.node_terms
    return terms is None or any(_term_holds(term, labels, node_name) for term in terms)


def _says_anything(term: NodeTerm) -> bool:
    """A term without expressions selects nothing (component-helpers `nodeaffinity.go`)."""
    return bool(term.expressions or term.fields)


def _term_holds(term: NodeTerm, labels: Mapping[str, str], node_name: str) -> bool:
    if not _says_anything(term):
        return False
    about_name = {"metadata.name": node_name}
    return all(_holds(*one, labels) for one in term.expressions) and all(
        _holds(*one, about_name) for one in term.fields
    )


def _holds(key: str, operator: str, values: tuple[str, ...], labels: Mapping[str, str]) -> bool:
    value = labels.get(key)
    match operator:
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
    return _compares(value, operator, values)


def _compares(value: str | None, operator: str, values: tuple[str, ...]) -> bool:
    try:
        left, right = int(value or ""), int(values[0])
    except (ValueError, IndexError):
        return False
    return left > right if operator == "Gt" else left < right
