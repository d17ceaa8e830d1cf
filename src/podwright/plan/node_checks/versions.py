"""Checks of how far versions of Kubernetes are apart: the kubelet, the control plane that it belongs to, and kubeadm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from podwright.plan.control_plane import Part, Version, parts_of, version_text
from podwright.plan.node_checks.check import (
    PLANE,
    Check,
    Fleet,
    Judged,
    JudgeFleet,
    Severity,
    Subject,
    held,
    not_applicable,
    unknown,
)
from podwright.plan.unknown_fact import Known, Unknown
from podwright.validation.versions import minor_of

#: minor versions that a kubelet, and another part of the control plane, may be older than its API server
_KUBELET_OLDER, _PART_OLDER = 3, 1
_API = "kube-apiserver"


def _skew(fleet: Fleet) -> Mapping[str, Judged]:
    parts = {subject.node.name: parts_of(subject.observation) for subject in fleet}
    servers = [subject for subject in fleet if _API in parts[subject.node.name]]
    found = {}
    for subject in fleet:
        own = [parts[one.node.name][_API].version for one in servers if _serves(one, subject)]
        found[subject.node.name] = _of_cluster(subject, parts[subject.node.name], own)
    return found


def _serves(server: Subject, subject: Subject) -> bool:
    """Whether its API server is of the node's cluster: both name one address, or the node names one of its own."""
    if server is subject:
        return True
    api, addresses = subject.facts.kubelet.api, server.facts.network.addresses
    if isinstance(api, Unknown):
        return False
    host = api.rpartition(":")[0].strip("[]")
    return api == server.facts.kubelet.api or (not isinstance(addresses, Unknown) and host in addresses)


def _of_cluster(subject: Subject, parts: Mapping[str, Part], versions: list[Version]) -> Judged:
    """`versions` are those of its cluster's API servers."""
    if not versions:
        return not_applicable("no API server of its cluster is among the nodes that are checked")
    told = sorted(version for version in versions if version)
    if not told:
        return unknown("the tag of no API server's image tells its version")
    kubelet = subject.facts.kubelet.version
    wrong = tuple(_too_far(kubelet, parts, told[0], told[-1]))
    if not wrong and isinstance(kubelet, Unknown):
        return unknown(kubelet.reason)
    apart = (
        f"{version_text(told[0])} to {version_text(told[-1])}"
        if told[0] != told[-1]
        else version_text(told[0])
    )
    seen = "; ".join(wrong) or f"kubelet {kubelet}, API server {apart}"
    expected = f"none newer than its API server, a kubelet at most {_KUBELET_OLDER} minor versions older"
    return held(not wrong, seen, expected, "tags of images")


def _too_far(
    kubelet: Known[str], parts: Mapping[str, Part], oldest: Version, newest: Version
) -> Iterator[str]:
    minors = {
        name: (part.version[1], _PART_OLDER, version_text(part.version))
        for name, part in parts.items()
        if part.version and name != "etcd"
    }
    if not isinstance(kubelet, Unknown) and (minor := minor_of(kubelet)) is not None:
        minors["kubelet"] = (minor, _KUBELET_OLDER, kubelet)
    for name, (minor, older, version) in minors.items():
        if minor > oldest[1] and name != _API:
            yield f"{name} {version} is newer than an API server, {version_text(oldest)}"
        elif newest[1] - minor > older:
            yield f"{name} {version} is too old for an API server, {version_text(newest)}"


def _kubeadm(subject: Subject) -> Judged:
    """It manages its own minor version and the one before; a kubelet may be older than that."""
    version, kubelet = subject.facts.kubeadm, subject.facts.kubelet.version
    server = parts_of(subject.observation).get(_API)
    if isinstance(version, Unknown):
        return (unknown if "kubeadm" in subject.facts.tools else not_applicable)(version.reason)
    if server is None and isinstance(kubelet, Unknown):
        return unknown(kubelet.reason)
    of, told, older = (
        ("API server", version_text(server.version), 1)
        if server
        else ("kubelet", str(kubelet), _KUBELET_OLDER)
    )
    mine, theirs = minor_of(version), minor_of(told)
    if mine is None or theirs is None:
        return unknown("the tag of the API server's image does not tell its version")
    expected = f"1.{theirs} to 1.{theirs + older}, for its {of} {told}"
    return held(theirs <= mine <= theirs + older, version, expected, "kubeadm version")


def _alone(subject: Subject) -> Judged:
    return _skew((subject,))[subject.node.name]


SKEW = Check(
    "version-skew", Severity.ERROR, PLANE, "versions of Kubernetes are too far apart",
    "what is newer than its API server, or much older, is not supported, and kubeadm refuses it",
    "update API servers first, then the other parts, then kubelets", _alone,
)  # fmt: skip
FLEET: tuple[tuple[Check, JudgeFleet], ...] = ((SKEW, _skew),)
CHECKS = (
    Check(
        "kubeadm-version", Severity.WARNING, PLANE, "kubeadm is of another version than what it manages",
        "it refuses the next upgrade or join, or writes what this version does not know",
        "install kubeadm of that version", _kubeadm, "packages: [{name: kubeadm, version: VERSION}]",
    ),
)  # fmt: skip
