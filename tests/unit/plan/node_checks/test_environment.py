"""Identity, name servers, firewalls, and what is about to end a node."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.machines import config, facts, judged, kubelet, result, subject

from podwright.plan.unknown_fact import Unknown


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cp-1", "pass"),
        (".".join(["a" * 63] * 4), "fail"),
        ("CP-1.example", "pass"),
        ("node_1", "fail"),
        ("-a", "fail"),
    ],
)
def test_a_host_name_must_do_for_a_node(name: str, expected: str) -> None:
    assert result("host-name", subject(identity=replace(facts().identity, host_name=name))) == expected


def test_a_machine_id_that_was_never_set() -> None:
    assert (
        result("machine-id", subject(identity=replace(facts().identity, machine_id="uninitialized")))
        == "fail"
    )


def test_that_there_is_no_machine_id_is_known_if_the_login_may_look() -> None:
    none = replace(facts().identity, machine_id=Unknown("/etc/machine-id is not there or empty"))
    assert judged("machine-id", subject(identity=none)).seen == "it is not there or empty"
    assert result("machine-id", subject(identity=none)) == "fail"
    assert result("machine-id", subject(identity=none, unreadable=("/etc/machine-id",))) == "unknown"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (None, "n/a"),
        ("0.0.0.0", "n/a"),
        ("10.0.0.1", "pass"),
        ("10.0.0.1,fd00::1", "fail"),
        ("10.0.0.7", "fail"),
    ],
)
def test_the_address_that_a_kubelet_is_given_must_be_the_nodes(address: str | None, expected: str) -> None:
    given = kubelet(config=config(**{"--node-ip": address}))
    assert result("node-address", subject(kubelet=given)) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (None, "pass"),
        ("", "n/a"),
        ("/run/systemd/resolve/resolv.conf", "fail"),
        ("/etc/other.conf", "unknown"),
    ],
)
def test_the_file_of_name_servers_that_the_kubelet_gives_to_pods(path: str | None, expected: str) -> None:
    assert result("resolv-conf", subject(kubelet=kubelet(config=config(resolvConf=path)))) == expected


def test_what_is_pending() -> None:
    assert result("pending", subject(pending=("a reboot is required (/var/run/reboot-required)",))) == "warn"
    assert result("pending", subject(pending=("a shutdown is scheduled",))) == "fail"


def test_a_firewall() -> None:
    assert result("firewall", subject(security=replace(facts().security, firewalls=("ufw",)))) == "fail"
    dropping = replace(facts().security, firewalls=Unknown("no service manager"), input="drop")
    assert judged("firewall", subject(security=dropping)).seen == "rules that drop other packets"
    hidden = replace(dropping, input=Unknown("not asked for"))
    assert result("firewall", subject(security=hidden)) == "unknown"
    no_service = replace(hidden, firewalls=())
    assert result("firewall", subject(security=no_service, login="0")) == "pass"
    assert result("firewall", subject(security=no_service, login="1000")) == "unknown"


def test_names_that_every_node_needs() -> None:
    assert result("localhost", subject(local_names=("n1",))) == "fail"
    assert result("name-servers", subject(name_servers=())) == "fail"
