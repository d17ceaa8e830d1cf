"""A machine's addresses, its way to elsewhere, and whether it knows its own name."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fakes.recorded_machine import machine_host
from tests.fakes.shell_host import stand_in
from tests.unit.remote.node.test_facts import look

from podwright.plan.facts import Network, Route
from podwright.plan.unknown_fact import Known, Unknown
from podwright.remote.node.facts_network import network_of
from podwright.remote.node.records import Record


def test_a_recorded_machine_shows_its_network_and_its_kubeadm(tmp_path: Path) -> None:
    facts = look(machine_host("debian-12", "dash", tmp_path))
    assert facts.network == Network(
        ("10.0.0.11", "127.0.0.1"), Route("10.0.0.11", "eth0", "10.0.0.254"), host_name_resolves=True
    )
    assert facts.kubeadm == "1.33.4"
    assert facts.limits.open_files == {"kubelet": 1_000_000, "containerd": 1_024}


def test_addresses_that_an_interface_made_itself_are_left_out() -> None:
    trie = b"           |-- 10.0.0.9\n           /32 host LOCAL\n"
    v6 = b"fe8000000000000000fc00fffe000001 02 40 20 80 veth1\nfd000000000000000000000000000002 02 40 00 80 eth0\n"
    records = (Record("addresses", "", trie), Record("addresses-6", "", v6))
    assert network_of(records, ()).addresses == ("10.0.0.9", "fd00::2")
    assert isinstance(network_of((Record("addresses"),), ()).addresses, Unknown)


def test_a_name_server_that_does_not_answer_is_no_answer(tmp_path: Path) -> None:
    host = machine_host("debian-12", "dash", tmp_path)
    stand_in(host.bin, "getent", "exit 2")
    assert look(host).network.host_name_resolves is False
    stand_in(host.bin, "getent", "kill -KILL $$")
    assert isinstance(look(host).network.host_name_resolves, Unknown)


@pytest.mark.parametrize(
    ("said", "route"),
    [
        ("8.8.8.8 via 172.16.0.1 dev eth0  src 172.16.0.9", Route("172.16.0.9", "eth0", "172.16.0.1")),
        ("8.8.8.8 dev ppp0 table 7 src 10.9.0.2 uid 0", Route("10.9.0.2", "ppp0", "")),
        ("8.8.8.8 via 999.1.1.1 dev eth0 src 10.0.0.1", None),
        ("RTNETLINK answers: Network is unreachable", None),
        ("", None),
    ],
)
def test_the_way_of_packets_to_elsewhere(said: str, route: Route | None) -> None:
    found = network_of((Record("machine-route", "", said.encode()),), ("ip",)).route
    assert found == (route or Unknown("it has no route for IPv4 packets to elsewhere"))


@pytest.mark.parametrize("tools", [("ip",), ()])
def test_what_was_not_asked_for_is_unknown(tools: tuple[str, ...]) -> None:
    network = network_of((), tools)
    found: tuple[Known[object], ...] = (network.addresses, network.route, network.host_name_resolves)
    assert all(isinstance(one, Unknown) for one in found)
