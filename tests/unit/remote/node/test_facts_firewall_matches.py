"""Conditions of rules, as nft(8) and iptables(8) write them."""

from __future__ import annotations

import pytest

from podwright.plan.firewall_rules import ALL_PORTS
from podwright.remote.node.facts_firewall_matches import (
    NONE,
    Match,
    of_iptables_conditions,
    of_nft_conditions,
)

API = ("6443/tcp",)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", Match()),
        ("ct state { new, established }", Match()),
        ("meta nfproto ipv4 fib daddr type local tcp dport 6443", Match(API)),
        ("meta l4proto { tcp, udp } th dport 53", Match(("53/tcp", "53/udp"))),
        ("ip protocol tcp", Match(("1-65535/tcp",))),
        ("ip saddr 10.0.0.0/8 tcp dport 6443", Match(API, some=True)),
        ("limit rate over 5/second burst 5 packets tcp dport 6443", Match(API, some=True)),
        ("ip saddr 0.0.0.0/0 tcp dport 6443", Match(API)),
        ("ip saddr 0.0.0.0/1 tcp dport 6443", Match(API, read=False)),
        ("ip saddr @some tcp dport 6443", Match(API, read=False)),
        ("tcp dport 6443 ip6 saddr fe80::/10", Match(API, read=False)),
        ("tcp dport != 6443", Match(read=False)),
        ("tcp dport { 22, ssh } ip daddr 10.0.0.1", Match(read=False)),
        ("ct state invalid", NONE),
        ('iifname "lo" tcp dport 6443', NONE),
        ("udp dport 53 meta l4proto tcp", NONE),
        ("ip6 saddr fe80::/10 icmpv6 type mld-listener-query", NONE),
    ],
)
def test_nft(text: str, match: Match) -> None:
    assert of_nft_conditions(text) == match


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", Match()),
        ("-p tcp -m tcp --dport 6443", Match(API)),
        ("-p udp -m multiport --dports 53,1000:1010", Match(("53/udp", "1000-1010/udp"))),
        ("-i eth0 -m limit --limit 5/min --limit-burst 3", Match(ALL_PORTS, some=True)),
        ("-p tcp -m set --match-set ok src --dport 6443", Match(API, read=False)),
        ("-p tcp -m tcp ! --dport 6443", Match(read=False)),
        ("-m pkttype --pkt-type broadcast", NONE),
        ("-m addrtype --dst-type UNREACHABLE", Match(read=False)),
        ("-p igmp", NONE),
        ("-p", Match(read=False)),
    ],
)
def test_iptables(text: str, match: Match) -> None:
    assert of_iptables_conditions(text) == match
