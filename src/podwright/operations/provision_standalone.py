"""Whether a kubelet without a cluster can be made of what a node has."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from podwright.plan.provision.item import Item, Kind, is_as_wanted
from podwright.plan.provision.kubelet_asks import KubeletAsks
from podwright.plan.provision.kubelet_observed import KubeletSeen
from podwright.plan.provision.observed import NodeSeen
from podwright.problem import Problem

_BRINGS = (Kind.PACKAGE, Kind.SERVICE)


def as_made(kubelet: KubeletSeen, asks: KubeletAsks, items: tuple[Item, ...]) -> KubeletSeen:
    """As it will be once it runs with the main file that we write."""
    main = next((item.text.encode() for item in items if item.key == asks.main), None)
    flags = {"config": asks.main, "config-dir": asks.folder}
    return replace(kubelet, problem="", process="kubelet", flags=flags, main=main)


def standalone_problems(items: tuple[Item, ...], asks: KubeletAsks, seen: NodeSeen) -> Iterator[Problem]:
    """What it lacks, unless a package or a service of the same run may bring it."""
    kubelet = seen.kubelet or KubeletSeen()
    if seen.facts.init != "systemd":
        yield Problem(
            "a standalone kubelet needs systemd, which does not run on it", _WITHOUT, node=seen.node
        )
    if kubelet.standalone.untrusted:
        yield Problem(
            f"others can change `{asks.program}`: {kubelet.standalone.untrusted}",
            "make root its owner, and take write permission from others",
            node=seen.node,
        )
    running = kubelet.flags.get("config", "")
    if kubelet.facts.pid and (running != asks.main or kubelet.flags.get("kubeconfig")):
        yield Problem(
            f"a kubelet runs on it already (pid {kubelet.facts.pid}), with other files than a standalone one's",
            "stop and disable it first, or leave `standalone` out",
            node=seen.node,
        )
    if not _arrives(items, seen):
        yield from _missing(asks, kubelet, seen.node)


def _arrives(items: tuple[Item, ...], seen: NodeSeen) -> bool:
    """Whether something of this run may bring a program, or make a socket."""
    own = next(item.key for item in items if item.kind is Kind.KUBELET)
    return any(
        not is_as_wanted(item.state, seen.things[item.name].state)
        for item in items
        if item.kind in _BRINGS and item.restarts and (item.kind, item.key) != (Kind.SERVICE, own)
    )


def _missing(asks: KubeletAsks, kubelet: KubeletSeen, node: str) -> Iterator[Problem]:
    socket = asks.runtime.removeprefix("unix://")
    for field, wanted, there, brings in (
        ("program", asks.program, kubelet.standalone.programs, "packages"),
        ("runtime", socket, kubelet.standalone.sockets, "packages` and `podwright_node.services"),
    ):
        if wanted not in there:
            found = (
                f"; `podwright_node.kubelet.{field}` may name `{there[0]}`, which is there" if there else ""
            )
            yield Problem(
                f"`{wanted}` is not there", f"`podwright_node.{brings}` can bring it{found}", node=node
            )


_WITHOUT = "leave `podwright_node.kubelet.standalone` out there"
