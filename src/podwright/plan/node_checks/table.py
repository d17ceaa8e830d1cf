"""All checks: which belong to a profile, and what they come to on a node and on a fleet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from msgspec.structs import replace

from podwright.inventory.waivers import Waiver
from podwright.plan.node_checks import (
    certificates,
    cis_files,
    cis_kubelet,
    control_plane,
    environment,
    etcd,
    firewall,
    headroom,
    kubelet,
    kubelet_health,
    machine,
    peers,
    pods,
    proxies,
    runtime,
    sysctls,
    versions,
)
from podwright.plan.node_checks.check import Check, Judged, NodeFinding, Profile, Result, Severity, Subject
from podwright.plan.node_checks.fleet import FLEET, judge_fleet

CHECKS: tuple[Check, ...] = (
    *kubelet.CHECKS,
    *kubelet_health.CHECKS,
    *runtime.CHECKS,
    *pods.CHECKS,
    *machine.CHECKS,
    *environment.CHECKS,
    *proxies.CHECKS,
    *firewall.CHECKS,
    *headroom.CHECKS,
    *sysctls.CHECKS,
    *certificates.CHECKS,
    *control_plane.CHECKS,
    *etcd.CHECKS,
    *versions.CHECKS,
    *peers.CHECKS,
    *(check for check, _ in FLEET),
    *cis_files.CHECKS,
    *cis_kubelet.CHECKS,
)
_OF_FLEET = frozenset(check.id for check, _ in FLEET)


def of_profiles(profiles: Collection[Profile]) -> tuple[Check, ...]:
    return tuple(check for check in CHECKS if not set(profiles).isdisjoint(check.profiles))


def judge_nodes(
    subjects: Iterable[Subject], profiles: Collection[Profile], today: str
) -> Iterator[NodeFinding]:
    """Every check of every node, with its node's waivers as of `today` (`2027-01-31`)."""
    subjects = tuple(subjects)
    chosen, of_fleet = of_profiles(profiles), judge_fleet(subjects, profiles)
    for subject in subjects:
        name = subject.node.name
        for check in chosen:
            judged = of_fleet.get(check.id, {}).get(name) if check.id in _OF_FLEET else None
            finding = NodeFinding(name, check, _weighed(check, judged or check.judge(subject)))
            yield _waived(finding, subject.node.settings.waivers, today)


def _weighed(check: Check, judged: Judged) -> Judged:
    """What a warning fails is a warning."""
    warns = check.severity is Severity.WARNING and judged.result is Result.FAIL
    return replace(judged, result=Result.WARN) if warns else judged


def _waived(finding: NodeFinding, waivers: Iterable[Waiver], today: str) -> NodeFinding:
    if finding.result in (Result.PASS, Result.NOT_APPLICABLE):
        return finding
    found = [waiver for waiver in waivers if waiver.check == finding.check.id]
    waiver = max(found, key=lambda waiver: waiver.until, default=None)
    if waiver is None:
        return finding
    if waiver.until < today:
        return replace(finding, waived_because=waiver.reason, waiver_ended=waiver.until)
    return replace(finding, waived_until=waiver.until, waived_because=waiver.reason)
