"""Rules of the kernel, as nft(8) and iptables-save(8) write them."""

from __future__ import annotations

import pytest

from podwright.plan.firewall_rules import ALL_PORTS, NOT_ASKED, PacketRules
from podwright.plan.unknown_fact import Unknown
from podwright.remote.node.facts_firewall import of_iptables, of_nft, packet_rules
from podwright.remote.node.records import Record


def nft(*rules: str, policy: str = "drop", table: str = "inet filter") -> PacketRules:
    text = [
        f"\t\ttype filter hook input priority filter; policy {policy};",
        *(f"\t\t{rule}" for rule in rules),
    ]
    [found] = of_nft([f"table {table} {{", "\tchain input {", *text, "\t}"])
    return found


@pytest.mark.parametrize(
    ("rule", "opened"),
    [
        ("tcp dport 6443 accept", ("6443/tcp",)),
        (
            "tcp dport { 80, 443, 30000-32767 } counter packets 5 bytes 320 accept",
            ("80/tcp", "443/tcp", "30000-32767/tcp"),
        ),
        ('ip saddr 10.0.0.0/8 udp dport 53 accept comment "dns"', ("53/udp",)),
        ("meta l4proto { tcp, udp } th dport 53 accept", ("53/tcp", "53/udp")),
        ('iifname "eth1" accept', ALL_PORTS),
        ("ip saddr { 10.0.0.1, 10.0.0.2 } accept", ALL_PORTS),
        ("meta l4proto tcp accept", ("1-65535/tcp",)),
        ("ct state established,related accept", ()),
        ("ct state { established, related } accept", ()),
        ("ct state vmap { invalid : drop, established : accept, related : accept }", ()),
        ('iifname "lo" accept', ()),
        ("iif lo accept", ()),
        ("meta l4proto { icmp, ipv6-icmp } accept", ()),
        ("icmp type echo-request limit rate 5/second accept", ()),
        ("ct state invalid drop", ()),
        ("tcp dport 23 drop", ()),
        ('log prefix "in: " level info', ()),
    ],
)
def test_what_a_rule_lets_through(rule: str, opened: tuple[str, ...]) -> None:
    assert nft(rule) == PacketRules("nft inet filter input", refuses=True, opened=opened)


@pytest.mark.parametrize(
    "rule",
    [
        "jump cali-INPUT",
        "tcp dport @open accept",
        "tcp dport ssh accept",
        "tcp dport vmap { 22 : accept }",
        'xt match "multiport" accept',
        "ip daddr 10.0.0.1 accept",
    ],
)
def test_what_is_not_evaluated_is_named(rule: str) -> None:
    found = nft(rule, "tcp dport 22 accept")
    assert (len(found.not_read), found.opened) == (1, ("22/tcp",))


def test_what_stands_last_for_all_counts_as_the_policy() -> None:
    assert nft("tcp dport 22 accept", "reject with icmpx admin-prohibited", policy="accept").refuses
    assert not nft("tcp dport 22 accept", policy="accept").refuses
    assert not nft("counter packets 0 bytes 0 accept", "drop").refuses


def test_only_filters_of_ipv4_count() -> None:
    text = """\
table ip6 filter
\tchain INPUT {
\t\ttype filter hook input priority filter; policy drop;
\t}
table ip nat
\tchain INPUT {
\t\ttype nat hook input priority 100; policy accept;
\t}
table ip filter
\tchain INPUT {
\t\ttype filter hook input priority filter; policy drop;
\t\ttcp dport 22 accept
\t}
"""
    assert [one.source for one in of_nft(text.splitlines())] == ["nft ip filter INPUT"]


@pytest.mark.parametrize(
    ("rule", "opened", "not_read"),
    [
        ("-p tcp -m tcp --dport 6443 -j ACCEPT", ("6443/tcp",), 0),
        ("-s 10.0.0.0/8 -p udp -m udp --dport 30000:32767 -j ACCEPT", ("30000-32767/udp",), 0),
        (
            '-p tcp -m multiport --dports 80,443 -m comment --comment "the web" -j ACCEPT',
            ("80/tcp", "443/tcp"),
            0,
        ),
        ("-s 10.0.0.5/32 -j ACCEPT", ALL_PORTS, 0),
        ("-i lo -j ACCEPT", (), 0),
        ("-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT", (), 0),
        ("-p icmp -j ACCEPT", (), 0),
        ("-j KUBE-FIREWALL", (), 1),
        ("-m set --match-set ok src -j ACCEPT", (), 1),
        ("-m limit --limit 5/min -j LOG --log-prefix x", (), 0),
    ],
)
def test_iptables(rule: str, opened: tuple[str, ...], not_read: int) -> None:
    [found] = of_iptables([":INPUT DROP [0:0]", f"-A INPUT {rule}"])
    assert (found.refuses, found.opened, len(found.not_read)) == (True, opened, not_read)


def test_a_rejection_at_the_end_is_the_policy_of_red_hats_rules() -> None:
    lines = [":INPUT ACCEPT [0:0]", "-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT"]
    reject = "-A INPUT -j REJECT --reject-with icmp-host-prohibited"
    assert [found.refuses for found in (*of_iptables(lines), *of_iptables([*lines, reject]))] == [False, True]


def test_a_front_ends_list_counts_and_what_failed_is_unknown() -> None:
    asked = Record("machine-rules-asked")
    chain = Record("machine-input", "", b"# failed\n")
    ufw = Record("machine-ufw", "", b"Default: deny (incoming)\n22/tcp   ALLOW IN   Anywhere\n")
    found = packet_rules((asked, chain, ufw))
    assert not isinstance(found, Unknown)
    assert [one.source for one in found] == ["ufw"]
    assert isinstance(packet_rules((asked, chain)), Unknown)
    assert packet_rules((asked,)) == Unknown("no program there shows rules")
    assert packet_rules(()) == NOT_ASKED


@pytest.mark.parametrize(
    "rule",
    [
        "ct state " + " : ".join(["established" * 50] * 100) + "!",
        "ct state " + "established, " * 3000 + "!",
        "log " + 'prefix "a" ' * 3000 + "!",
        "reject with " * 5000 + "x",
    ],
)
def test_lines_that_are_made_to_be_slow_are_read_at_once(rule: str) -> None:
    assert nft(rule).opened == ()
