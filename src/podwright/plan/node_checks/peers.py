"""Checks of the ports between nodes: those that others need of this node, and those that it needs of others."""

from __future__ import annotations

from collections.abc import Iterator

from podwright.no_proxy import is_loopback
from podwright.plan.control_plane import parts_of
from podwright.plan.facts import ListeningPort
from podwright.plan.kubelet_state import Setting
from podwright.plan.node_checks.check import (
    PLANE,
    Check,
    Judged,
    Severity,
    Subject,
    held,
    known,
    not_applicable,
    setting,
    unknown,
)
from podwright.plan.unknown_fact import Unknown

_KUBELET, _API = 10250, 6443


def _listens(subject: Subject) -> Judged:
    """Of what runs here and others talk to; that a firewall lets it through is seen from the others."""
    wanted = dict(ports_for_peers(subject))
    if not wanted:
        return not_applicable("nothing runs here that other nodes talk to")

    def judge(listening: tuple[ListeningPort, ...]) -> Judged:
        wrong = [
            f"{name} listens on {', '.join(own)} alone" if own else f"nothing listens at {port} of {name}"
            for port, name in wanted.items()
            if all(
                map(
                    is_loopback,
                    own := sorted(
                        {one.address for one in listening if (one.protocol, one.port) == ("tcp", port)}
                    ),
                )
            )
        ]
        ports = ", ".join(map(str, wanted))
        return held(
            not wrong,
            "; ".join(wrong) or f"{ports} listen",
            f"{ports} on an address of the node",
            "/proc/net/tcp",
        )

    return known(subject.facts.ports, judge)


def ports_for_peers(subject: Subject) -> Iterator[tuple[int, str]]:
    """Port and program of what runs there and others talk to."""
    parts = parts_of(subject.observation)
    if subject.facts.kubelet.running and subject.facts.kubelet.standalone is False:
        port = setting(subject.facts, "port", default=_KUBELET)
        if isinstance(port, Setting) and isinstance(port.value, int):
            yield port.value, "kubelet"
    if "kube-apiserver" in parts:
        port_of_api = parts["kube-apiserver"].setting("secure-port")
        yield int(port_of_api) if port_of_api.isdigit() else _API, "kube-apiserver"
    if "etcd" in parts and len(parts["etcd"].addresses("initial-cluster")) > 1:
        for name in ("advertise-client-urls", "initial-advertise-peer-urls"):
            yield from ((port, "etcd") for _, port in parts["etcd"].addresses(name))


def _reaches(subject: Subject) -> Judged:
    if not subject.dialled:
        return not_applicable("its files name nothing that it must reach elsewhere")
    failed = [f"{one.address}: {one.why}" for one in subject.dialled if one.reached is False]
    hidden = [one for one in subject.dialled if isinstance(one.reached, Unknown)]
    if hidden and not failed:
        return unknown(
            f"{hidden[0].address}: {hidden[0].reached.reason}"
            if isinstance(hidden[0].reached, Unknown)
            else ""
        )
    addresses = ", ".join(one.address for one in subject.dialled)
    return held(
        not failed, "; ".join(failed) or "it reaches them", addresses, "its kubeconfig and static pods"
    )


CHECKS = (
    Check(
        "ports-for-peers", Severity.ERROR, PLANE, "ports that other nodes need do not listen for them",
        "the API reaches no kubelet, kubelets reach no API, or etcd has no quorum",
        "correct the addresses in its flags, or start it", _listens,
    ),
    Check(
        "peers-reached", Severity.ERROR, PLANE, "other nodes are not reached at ports that this one needs",
        "a kubelet without the API and an etcd without its members run on alone, and their restart fails",
        "open the port in the firewalls between them, or start what listens there", _reaches,
    ),
)  # fmt: skip
