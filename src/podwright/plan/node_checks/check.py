"""A check of a node, and what it comes to: pass, warn, fail, unknown or n/a, with what was expected, seen, and where."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeVar

from msgspec import Struct

from podwright.inventory.node import Node
from podwright.manifests.manifest import Manifest
from podwright.plan.facts import Facts
from podwright.plan.kubelet_state import Setting
from podwright.plan.observed import Observation
from podwright.plan.unknown_fact import Known, Unknown

Value = TypeVar("Value")


class Result(StrEnum):
    """What a check comes to on a node."""

    PASS = "pass"  # noqa: S105 - not a password
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "n/a"


class Severity(StrEnum):
    """What it means if it is not as it should be: an error fails, a warning warns."""

    ERROR = "error"
    WARNING = "warning"


class Profile(StrEnum):
    """What a node is checked for."""

    STATIC_PODS = "static-pods"
    CONTROL_PLANE = "control-plane"
    CIS = "cis"


#: the profiles that most checks belong to
STATIC, PLANE = (Profile.STATIC_PODS,), (Profile.CONTROL_PLANE,)
BOTH = (*STATIC, *PLANE)


class Judged(Struct, frozen=True):
    """What a check found; `seen` of an unknown one is the reason. `source` is the file, flag or program that says it, `mend`
    the command and `provision` the setting of the inventory for exactly this, if there is one."""

    result: Result
    seen: str
    expected: str = ""
    source: str = ""
    mend: str = ""
    provision: str = ""


class Dialled(Struct, frozen=True):
    """Whether the node reaches an address, such as `10.0.0.2:2380`, and why not; unknown if it could not try."""

    address: str
    reached: Known[bool]
    why: str = ""


class Health(Struct, frozen=True):
    """What the kubelet answers at an address when it is asked whether it is healthy; unknown if nobody could ask.

    `closed`: it did not, and it may be that nothing listens there.
    """

    address: str
    good: Known[bool]
    seen: str = ""
    closed: bool = False


class Subject(Struct, frozen=True):
    """A node as a check is given it: the inventory's, what it showed, what it should run, who it reaches, and what its
    kubelet says of itself if it was asked."""

    node: Node
    facts: Facts
    observation: Observation
    manifests: tuple[Manifest, ...] = ()
    dialled: tuple[Dialled, ...] = ()
    health: Health | None = None


Fleet = tuple[Subject, ...]
JudgeFleet = Callable[[Fleet], Mapping[str, Judged]]


class Check(Struct, frozen=True):
    """`problem` says what is wrong if it is; `mend` is a command, or a line of the inventory; `provision` the setting of the
    inventory by which a node is brought there; what must be filled in there is nothing that podwright takes."""

    id: str
    severity: Severity
    profiles: tuple[Profile, ...]
    problem: str
    why: str
    mend: str
    judge: Callable[[Subject], Judged]
    provision: str = ""


class NodeFinding(Struct, frozen=True):
    """What a check came to on a node. A waiver says until when it is accepted, and why; `waiver_ended` is the last day of
    one that is over."""

    node: str
    check: Check
    judged: Judged
    waived_until: str = ""
    waived_because: str = ""
    waiver_ended: str = ""

    @property
    def result(self) -> Result:
        return self.judged.result

    @property
    def problem(self) -> str:
        """What is wrong, or what may be and nobody could see."""
        return f"cannot tell: {self.check.problem}" if self.result is Result.UNKNOWN else self.check.problem

    @property
    def mend(self) -> str:
        return self.judged.mend or self.check.mend

    @property
    def provision(self) -> str:
        return self.judged.provision or self.check.provision

    @property
    def counts(self) -> bool:
        """Whether something must be done about it."""
        return self.result is Result.FAIL and not self.waived_until

    @property
    def hides_something(self) -> bool:
        """Whether what could not be looked at may be an error."""
        unknown = self.result is Result.UNKNOWN and self.check.severity is Severity.ERROR
        return unknown and not self.waived_until


def held(good: object, seen: object, expected: str, source: str = "", mend: str = "") -> Judged:
    """Pass or fail; of a warning the fail becomes a warning."""
    return Judged(Result.PASS if good else Result.FAIL, str(seen), expected, source, "" if good else mend)


def unknown(reason: str) -> Judged:
    return Judged(Result.UNKNOWN, reason)


def not_applicable(why: str) -> Judged:
    return Judged(Result.NOT_APPLICABLE, why)


def known(value: Known[Value], judge: Callable[[Value], Judged]) -> Judged:
    """What a fact comes to; what is unknown stays so."""
    return unknown(value.reason) if isinstance(value, Unknown) else judge(value)


def of_fact(
    read: Callable[[Facts], Known[Value]],
    good: Callable[[Value], object],
    expected: str,
    source: str = "",
    say: Callable[[Value], str] = str,
) -> Callable[[Subject], Judged]:
    """Judges one fact alone."""
    return lambda subject: known(
        read(subject.facts), lambda value: held(good(value), say(value), expected, source)
    )


def setting(facts: Facts, name: str, default: object) -> Known[Setting]:
    """A setting of the kubelet; the default, if it is not set, is one too."""
    config = facts.kubelet.config
    if isinstance(config, Unknown):
        return config
    if name not in config and hidden_settings(facts):
        return Unknown(f"its kubelet runs inside {facts.kubelet.process}, which does not show all settings")
    return config.get(name) or Setting(default, "default")


def manifest_folder(facts: Facts) -> str:
    """The one that the kubelet reads; without a kubelet that tells, kubeadm's."""
    told = facts.kubelet.static_pod_path
    return "/etc/kubernetes/manifests" if isinstance(told, Unknown) else told.rstrip("/")


def in_inventory(field: str) -> str:
    """The line of the inventory by which provision sets a kubelet's field, such as `a.b: 1`."""
    *above, last = field.split(".")
    opened = "".join(f"{{{name}: " for name in ("settings", *above))
    return f"kubelet: {opened}{{{last}}}{'}' * (len(above) + 1)}"


def hidden_settings(facts: Facts) -> bool:
    """Whether the kubelet is part of a program that hands it settings which nobody sees."""
    return facts.kubelet.process not in ("", "kubelet")
