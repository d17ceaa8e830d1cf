"""A firewall is named only if it surely lets nobody through."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.machines import facts, judged, subject
from tests.fakes.nouns import pod_text

from podwright.manifests.manifest import Manifest
from podwright.manifests.workload import Workload
from podwright.plan.facts import Security
from podwright.plan.firewall_rules import NOT_ASKED, PacketRules
from podwright.plan.node_checks.check import Judged
from podwright.plan.unknown_fact import Known, Unknown

_PORTS = "    ports: [{containerPort: 8080}]\n"
WEB = Manifest.parse(Workload("web"), pod_text() + _PORTS)


def found(rules: Known[tuple[PacketRules, ...]], firewalls: tuple[str, ...] = ("nftables",)) -> Judged:
    security: Security = replace(facts().security, rules=rules, firewalls=firewalls)
    return judged("firewall-ports", subject(security=security, manifests=(WEB,)))


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ((), "pass"),
        ((PacketRules("nft", refuses=False, not_read=("`jump x`",)),), "unknown"),
        ((PacketRules("nft", refuses=False, opened=("1-65535/tcp",), not_read=("`jump x`",)),), "pass"),
        ((PacketRules("nft", refuses=True, opened=("1-65535/tcp",)),), "pass"),
        ((PacketRules("nft", refuses=True, opened=("22/tcp",)),), "warn"),
        ((PacketRules("nft", refuses=True, opened=("22/tcp",), not_read=("`jump x`",)),), "unknown"),
        (
            (
                PacketRules("nft a", refuses=True, not_read=("`jump x`",)),
                PacketRules("nft b", refuses=True, opened=("22/tcp",)),
            ),
            "warn",
        ),
        (Unknown("it does not answer"), "unknown"),
        (NOT_ASKED, "n/a"),
    ],
)
def test_rules(rules: Known[tuple[PacketRules, ...]], expected: str) -> None:
    assert found(rules).result.value == expected


def test_the_ports_are_named() -> None:
    told = found((PacketRules("ufw", refuses=True, opened=("10250/tcp", "6443/tcp")),))
    assert (told.seen, told.source) == ("no rule lets packets through to 8080/tcp", "ufw")


def test_a_node_without_a_firewall_is_not_asked_more() -> None:
    assert found(Unknown("no program there shows rules"), firewalls=()).result.value == "n/a"
