"""Checks whether machines share an address that others are told to reach them by, or else the one packets leave by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from ipaddress import ip_address

from podwright.plan.control_plane import parts_of
from podwright.plan.kubelet_state import Setting
from podwright.plan.node_checks.check import Fleet, Judged, Result, Subject, held, setting, unknown
from podwright.plan.unknown_fact import Unknown
from podwright.text import abbreviated

_EXPECTED = "one of its own"


def judge_shared(fleet: Fleet) -> Mapping[str, Judged]:
    """An address that nodes are told to be reached by fails; one that they only leave by, through a NAT maybe, warns."""
    told = {subject.node.name: _told(subject) for subject in fleet}
    owners = _owners((node, address) for node, (addresses, _) in told.items() for address in addresses)
    leaving = {subject.node.name: subject.facts.network.route for subject in fleet}
    left_by = _owners((node, one.address) for node, one in leaving.items() if not isinstance(one, Unknown))
    found: dict[str, Judged] = {}
    for node, (addresses, source) in told.items():
        route = leaving[node]
        if addresses:
            shared = [_shared(one, owners[one]) for one in addresses if len(owners[one]) > 1]
            found[node] = held(not shared, "; ".join(shared) or ", ".join(addresses), _EXPECTED, source)
        elif isinstance(route, Unknown):
            found[node] = unknown(route.reason)
        else:
            found[node] = _left_by(route.address, left_by[route.address])
    return found


def _owners(addresses: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    """Each address once of a node."""
    owners: dict[str, list[str]] = {}
    for node, address in dict.fromkeys(addresses):
        owners.setdefault(address, []).append(node)
    return owners


def _shared(address: str, nodes: list[str]) -> str:
    return f"{address}, shared by {abbreviated(nodes)}"


def _left_by(address: str, nodes: list[str]) -> Judged:
    source = "the route to elsewhere"
    if len(nodes) == 1:
        return Judged(Result.PASS, address, _EXPECTED, source)
    mend = (
        "if nodes talk to each other by another address, name it with `--node-ip`; if not, give each its own"
    )
    return Judged(Result.WARN, _shared(address, nodes), _EXPECTED, source, mend)


def _told(subject: Subject) -> tuple[tuple[str, ...], str]:
    """The addresses by which others are told to reach the node, if any are told, and what tells them."""
    named = setting(subject.facts, "--node-ip", default="")
    if isinstance(named, Setting) and (told := tuple(_usable(str(named.value).split(",")))):
        return told, named.source
    return tuple(dict.fromkeys(_usable(_advertised(subject)))), "flags of its static pods"


def _advertised(subject: Subject) -> Iterator[str]:
    """An API server may advertise an address that moves between nodes, so only one that its node has counts."""
    parts, own = parts_of(subject.observation), subject.facts.network.addresses
    if "etcd" in parts:
        yield from (host for host, _ in parts["etcd"].addresses("initial-advertise-peer-urls"))
    if "kube-apiserver" in parts and not isinstance(own, Unknown):
        address = parts["kube-apiserver"].setting("advertise-address")
        yield from (address,) if address in own else ()


def _usable(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        with suppress(ValueError):
            address = ip_address(text.strip())
            if not (address.is_unspecified or address.is_loopback):
                yield str(address)
