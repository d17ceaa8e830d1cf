"""Checks that need more than one node: what must differ between machines and does not, and what differs and should not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial

from podwright.plan.clock_skew import from_median
from podwright.plan.facts import Facts
from podwright.plan.node_checks import etcd, versions
from podwright.plan.node_checks.addresses import judge_shared
from podwright.plan.node_checks.check import (
    BOTH,
    PLANE,
    Check,
    Fleet,
    Judged,
    JudgeFleet,
    Profile,
    Severity,
    Subject,
    held,
    known,
    not_applicable,
)
from podwright.plan.unknown_fact import Known, Unknown
from podwright.text import abbreviated

_SKEW = 30.0
#: what is another on every node
_OWN_SETTINGS = ("--hostname-override", "--node-ip", "--provider-id", "providerID", "podCIDR", "address")


def _alone(_subject: Subject) -> Judged:
    return not_applicable("it needs more than one node")


def _unique(read: Callable[[Facts], Known[str]], path: str = "") -> JudgeFleet:
    """Machines that were cloned share what tells them apart; one without a file of it shares nothing."""

    def judge(fleet: Fleet) -> Mapping[str, Judged]:
        values = {subject.node.name: read(subject.facts) for subject in fleet}
        lacking = {one.node.name for one in fleet if path and path not in one.facts.unreadable}
        owners: dict[str, list[str]] = {}
        for node, value in values.items():
            if not isinstance(value, Unknown):
                owners.setdefault(value, []).append(node)
        return {
            node: not_applicable(value.reason)
            if isinstance(value, Unknown) and node in lacking
            else known(value, partial(_judge_unique, owners))
            for node, value in values.items()
        }

    return judge


def _judge_unique(owners: Mapping[str, list[str]], value: str) -> Judged:
    nodes = owners[value]
    seen = f"{value}, shared by {abbreviated(nodes)}" if len(nodes) > 1 else value
    return held(len(nodes) == 1, seen, "one of its own")


def _first_address(facts: Facts) -> Known[str]:
    return min(facts.identity.mac_addresses, default=Unknown("it has no network device of its own"))


def _time(fleet: Fleet) -> Mapping[str, Judged]:
    """Each clock against the median of all."""
    ahead = from_median({subject.node.name: subject.facts for subject in fleet})
    expected = f"within {_SKEW:.0f} s of the median"
    return {node: held(abs(one) <= _SKEW, f"{one:+.1f} s", expected) for node, one in ahead.items()}


def _versions(fleet: Fleet) -> Mapping[str, Judged]:
    return _as_their_group(
        fleet, lambda facts: {"kubelet": facts.kubelet.version, "runtime": facts.runtime.version}
    )


def _configurations(fleet: Fleet) -> Mapping[str, Judged]:
    return _as_their_group(fleet, _settings)


def _settings(facts: Facts) -> Mapping[str, object]:
    config = facts.kubelet.config
    if isinstance(config, Unknown):
        return {}
    return {name: found.value for name, found in config.items() if name not in _OWN_SETTINGS}


def _as_their_group(fleet: Fleet, read: Callable[[Facts], Mapping[str, object]]) -> Mapping[str, Judged]:
    """Of each group with three nodes or more, who differs from the most of it, and in what."""
    values = {subject.node.name: read(subject.facts) for subject in fleet}
    groups: dict[str, list[str]] = {}
    for subject in fleet:
        for group in subject.node.groups:
            groups.setdefault(group, []).append(subject.node.name)
    differing: dict[str, str] = {}
    judged: set[str] = set()
    for group, nodes in groups.items():
        seen = [node for node in nodes if values[node]]
        if len(seen) < 3:
            continue
        judged.update(seen)
        for name in sorted({name for node in seen for name in values[node]}):
            usual, count = Counter(_text(values[node].get(name)) for node in seen).most_common(1)[0]
            for node in seen:
                mine = _text(values[node].get(name))
                if mine != usual and 2 * count > len(seen):
                    differing.setdefault(node, f"{name} is {mine}, in {group} {usual}")
    return {
        node: held(node not in differing, differing.get(node, "as its group"), "as the most of its group")
        for node in sorted(judged)
    }


def _text(value: object) -> str:
    if isinstance(value, Unknown):
        return "unknown"
    return "not set" if value is None else str(value)[:200]


def _check(name: str, severity: Severity, problem: str, why: str, mend: str, *, provision: str = "") -> Check:
    return Check(name, severity, BOTH, problem, why, mend, _alone, provision)


FLEET: tuple[tuple[Check, JudgeFleet], ...] = (
    (
        _check("duplicate-machine-id", Severity.ERROR, "machines share an id",
        "they were cloned; leases and addresses may collide",
               "remove /etc/machine-id, `systemd-machine-id-setup`, reboot"),
        _unique(lambda facts: facts.identity.machine_id),
    ),
    (
        _check("duplicate-product-uuid", Severity.WARNING, "machines share a product UUID",
        "cloud providers tell nodes apart by it",
               "give each virtual machine a UUID of its own"),
        _unique(lambda facts: facts.identity.product_uuid, "/sys/class/dmi/id/product_uuid"),
    ),
    (
        _check("duplicate-host-name", Severity.ERROR, "machines share a host name", "they register as one node",
               "`hostnamectl hostname NAME`"),
        _unique(lambda facts: facts.identity.host_name),
    ),
    (
        _check("duplicate-address", Severity.ERROR, "machines share a hardware address",
        "on one network they take each other's packets",
               "give each virtual machine an address of its own"),
        _unique(_first_address),
    ),
    (
        Check(
            "duplicate-ip-address", Severity.ERROR, PLANE, "machines share an IP address",
            "answers to the one go to the other", "give each machine an address of its own", _alone,
        ),
        judge_shared,
    ),
    (
        _check("time-spread", Severity.ERROR, "the clock differs from the other nodes'",
        "etcd and leases need clocks that agree",
               "start chrony or systemd-timesyncd", provision="time: {sync: true}"),
        _time,
    ),
    (
        _check("version-spread", Severity.WARNING, "versions differ within a group",
        "nodes of a group behave differently",
               "update the node, or take it out of the group"),
        _versions,
    ),
    (
        _check("configuration-spread", Severity.WARNING, "kubelets of a group are configured differently",
               "nodes of a group behave differently", "set it as the others do"),
        _configurations,
    ),
    *versions.FLEET,
    *etcd.FLEET,
)  # fmt: skip


def judge_fleet(
    fleet: Iterable[Subject], profiles: Collection[Profile] = tuple(Profile)
) -> Mapping[str, Mapping[str, Judged]]:
    """What each check of a fleet comes to, by its id and node; nothing of a node that it cannot say anything about."""
    subjects = tuple(fleet)
    chosen = [one for one in FLEET if not set(profiles).isdisjoint(one[0].profiles)]
    return {check.id: judge(subjects) for check, judge in chosen} if len(subjects) > 1 else {}
