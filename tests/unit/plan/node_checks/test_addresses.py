"""Which address machines share: what others are told to reach them by counts, what they leave by only warns."""

from __future__ import annotations

import pytest
from tests.fakes.control_planes import control_plane, etcd, network, static_pod
from tests.fakes.copies import replace
from tests.fakes.machines import config, facts, kubelet, observation, subject

from podwright.plan.facts import Network, Route
from podwright.plan.node_checks.check import Judged, Subject
from podwright.plan.node_checks.fleet import judge_fleet
from podwright.plan.unknown_fact import Unknown

NAT = replace(facts().network, route=Route("10.0.2.15", "eth0", "10.0.2.2"))


def shared(*fleet: Subject) -> dict[str, Judged]:
    return dict(judge_fleet(fleet)["duplicate-ip-address"])


def results(*fleet: Subject) -> list[str]:
    return [found.result.value for found in shared(*fleet).values()]


def named(number: int, address: str) -> Subject:
    return subject(f"n{number}", kubelet=kubelet(config=config(**{"--node-ip": address})), network=NAT)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("192.168.56.11", "192.168.56.12", "pass"),
        ("192.168.56.11", "192.168.56.11", "fail"),
        ("192.168.56.11,fd00::1", "192.168.56.12, FD00:0::1", "fail"),
        ("0.0.0.0", "0.0.0.0", "warn"),  # whatever the kubelet finds
        ("127.0.0.1", "127.0.0.1", "warn"),
    ],
)
def test_the_kubelets_own_address_counts_before_a_nat_that_is_alike_everywhere(
    first: str, second: str, expected: str
) -> None:
    assert results(named(1, first), named(2, second)) == [expected, expected]


def test_what_is_shared_is_said_with_what_tells_it() -> None:
    found = shared(named(1, "10.1.1.1"), named(2, "10.1.1.1"), named(3, "10.1.1.3"))
    assert found["n2"].seen == "10.1.1.1, shared by n1, n2"
    assert (found["n3"].seen, found["n3"].result) == ("10.1.1.3", "pass")


def test_what_an_etcd_advertises_counts_if_the_kubelet_is_given_no_address() -> None:
    assert results(control_plane(1, network=NAT), control_plane(2, network=NAT)) == ["pass", "pass"]
    same = (
        subject(name, seen=observation(files=(etcd(1, (1, 2)),)), network=network("10.0.0.1"))
        for name in ("n1", "n2")
    )
    assert results(*same) == ["fail", "fail"]


def test_an_address_of_the_api_that_moves_between_nodes_is_not_shared() -> None:
    api = static_pod("kube-apiserver", "kube-apiserver:v1.34.1", advertise_address="10.0.0.100")
    holds, other = (
        subject(name, seen=observation(files=(api,)), network=replace(NAT, addresses=addresses))
        for name, addresses in (("n1", ("10.0.0.1", "10.0.0.100")), ("n2", ("10.0.0.2",)))
    )
    assert shared(holds, other)["n1"].result == "pass"
    assert shared(holds, replace(holds, node=other.node))["n1"].result == "fail"


def test_machines_that_leave_by_one_address_are_warned_of_alone() -> None:
    alike = [subject(name) for name in ("n1", "n2")]
    found = shared(*alike)["n1"]
    assert (found.result, found.seen) == ("warn", "10.0.0.1, shared by n1, n2")
    assert "`--node-ip`" in found.mend
    assert results(subject("n1"), subject("n2", network=network("10.0.0.4"))) == ["pass", "pass"]
    hidden = Network((), Unknown("no route"), host_name_resolves=True)
    assert shared(subject("n1"), subject("n2", network=hidden))["n2"].result == "unknown"
