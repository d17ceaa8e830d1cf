"""Checks of the etcd behind API servers: what is left of an earlier one, how many members it has, and its version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from podwright.no_proxy import is_loopback
from podwright.plan.control_plane import Address, Version, parts_of, version_text
from podwright.plan.node_checks.check import (
    PLANE,
    Check,
    Fleet,
    Judged,
    JudgeFleet,
    Severity,
    Subject,
    held,
    manifest_folder,
    not_applicable,
    unknown,
)
from podwright.plan.unknown_fact import Unknown
from podwright.text import abbreviated

#: from which minor version on an API server asks for which etcd, as kubeadm does of one that is not its own
_LEAST: tuple[tuple[int, Version], ...] = ((35, (3, 5, 24)), (0, (3, 5, 11)))
_API, _ETCD = "kube-apiserver", "etcd"


def _left(subject: Subject) -> Judged:
    """Data without an etcd that would use it stands in the way of a new one."""
    files = {one.path for one in subject.facts.files}
    manifest = f"{manifest_folder(subject.facts)}/etcd.yaml"
    left = "/var/lib/etcd/member" in subject.facts.paths and manifest not in files
    return held(
        not left,
        "data of an etcd that does not run here" if left else "none is left",
        "none",
        "/var/lib/etcd",
    )


def _members(fleet: Fleet) -> Mapping[str, Judged]:
    found = {subject.node.name: not_applicable("it runs no etcd") for subject in fleet}
    clusters: list[tuple[set[str], set[Address], set[Address]]] = []
    for subject in fleet:
        etcd = parts_of(subject.observation).get(_ETCD)
        if etcd is None:
            continue
        own = set(etcd.addresses("initial-advertise-peer-urls"))
        listed = own | set(etcd.addresses("initial-cluster"))
        if not listed:
            found[subject.node.name] = unknown("its flags and variables name no members")
            continue
        nodes = {subject.node.name}
        # who joins early names few members, and who joins late names all
        for other in [one for one in clusters if one[1] & listed]:
            clusters.remove(other)
            nodes, listed, own = nodes | other[0], listed | other[1], own | other[2]
        clusters.append((nodes, listed, own))
    for nodes, listed, own in clusters:
        found.update(dict.fromkeys(nodes, _count(sorted(nodes), listed - own)))
    return found


def _count(nodes: list[str], elsewhere: set[Address]) -> Judged:
    """A member that is named and was not seen may have left since."""
    if elsewhere:
        return unknown(
            f"{', '.join(sorted(host for host, _ in elsewhere))} may be members too, and were not checked"
        )
    return held(len(nodes) % 2, f"{len(nodes)}: {abbreviated(nodes)}", "an odd number", "initial-cluster")


def _version(fleet: Fleet) -> Mapping[str, Judged]:
    return {subject.node.name: _of_server(subject, fleet) for subject in fleet}


def _of_server(subject: Subject, fleet: Fleet) -> Judged:
    server = parts_of(subject.observation).get(_API)
    if server is None or not server.addresses("etcd-servers"):
        return not_applicable("it runs no API server that asks an etcd")
    if not server.version:
        return unknown("the tag of its API server's image tells no version")
    least = next(least for minor, least in _LEAST if server.version[1] >= minor)
    found = {host: _version_at(host, subject, fleet) for host, _ in server.addresses("etcd-servers")}
    old = [
        f"{version_text(version)} at {host}" for host, version in found.items() if version and version < least
    ]
    hidden = [host for host, version in found.items() if not version]
    if old or not hidden:
        told = dict.fromkeys(version_text(version) for version in found.values() if version)
        seen = "; ".join(old) or ", ".join(told)
        return held(not old, seen, f"{version_text(least)} or newer", "tags of images")
    return unknown(
        f"the version of the etcd at {', '.join(hidden)} is not told by a static pod of a node that is checked"
    )


def _version_at(host: str, subject: Subject, fleet: Iterable[Subject]) -> Version:
    """Of the etcd at an address: its own node's, or another's that is checked with it; empty if nobody tells."""
    here = (subject,) if is_loopback(host) else (one for one in fleet if _is_at(host, one))
    etcds = (parts_of(one.observation).get(_ETCD) for one in here)
    return next((etcd.version for etcd in etcds if etcd), ())


def _is_at(host: str, subject: Subject) -> bool:
    addresses = subject.facts.network.addresses
    return host in (
        subject.node.name,
        subject.node.connection.host,
        *(() if isinstance(addresses, Unknown) else addresses),
    )


CHECKS = (
    Check(
        "etcd-left", Severity.ERROR, PLANE, "data of an earlier etcd is left",
        "kubeadm refuses a folder that is not empty",
        "move it away, if nobody needs it", _left,
    ),
)  # fmt: skip

FLEET: tuple[tuple[Check, JudgeFleet], ...] = (
    (
        Check(
            "etcd-members", Severity.WARNING, PLANE, "etcd has an even number of members",
            "it bears no more losses than with one less, and more members can be lost",
            "add a member, or take one away",
            lambda subject: _members((subject,))[subject.node.name],
        ),
        _members,
    ),
    (
        Check(
            "etcd-version", Severity.ERROR, PLANE, "etcd is too old for its API server",
            "kubeadm refuses it, and what the API server asks of it may be missing", "update etcd first",
            lambda subject: _version((subject,))[subject.node.name],
        ),
        _version,
    ),
)  # fmt: skip
