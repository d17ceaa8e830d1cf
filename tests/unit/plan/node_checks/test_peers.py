"""The ports between nodes: those that others need, and those that a node needs of others."""

from __future__ import annotations

from tests.fakes.control_planes import control_plane
from tests.fakes.copies import replace
from tests.fakes.machines import judged, kubelet, result, subject

from podwright.plan.facts import ListeningPort
from podwright.plan.node_checks.check import Dialled
from podwright.plan.unknown_fact import Unknown


def test_what_others_talk_to_must_not_listen_for_this_machine_alone() -> None:
    good = control_plane(1)
    assert judged("ports-for-peers", good).seen == "10250, 6443, 2379, 2380 listen"
    ports = tuple(
        replace(one, address="127.0.0.1") if one.port == 2380 else one
        for one in good.facts.ports
        if one.port != 6443
    )
    seen = judged("ports-for-peers", control_plane(1, ports=ports)).seen
    assert seen == "nothing listens at 6443 of kube-apiserver; etcd listens on 127.0.0.1 alone"


def test_the_only_member_of_an_etcd_has_no_peers() -> None:
    ports = (ListeningPort("tcp", "::", 10250, "kubelet", 1), ListeningPort("tcp", "0.0.0.0", 6443, "x", 1))
    assert result("ports-for-peers", control_plane(1, (1,), ports=ports)) == "pass"


def test_what_asks_no_api_serves_nobody() -> None:
    assert result("ports-for-peers", subject(kubelet=kubelet(standalone=True))) == "n/a"
    assert result("ports-for-peers", control_plane(1, ports=Unknown("not asked for"))) == "unknown"


def test_whom_it_does_not_reach_is_named() -> None:
    reached, closed = (
        Dialled("10.0.0.2:2380", reached=True),
        Dialled("10.0.0.3:2380", reached=False, why="connection refused"),
    )
    hidden = Dialled("10.0.0.4:2380", Unknown("administratively prohibited"))
    assert result("peers-reached", subject()) == "n/a"
    assert result("peers-reached", replace(subject(), dialled=(reached,))) == "pass"
    failed = judged("peers-reached", replace(subject(), dialled=(reached, closed, hidden)))
    assert (failed.result, failed.seen) == ("fail", "10.0.0.3:2380: connection refused")
    assert judged("peers-reached", replace(subject(), dialled=(reached, hidden))).seen == (
        "10.0.0.4:2380: administratively prohibited"
    )
