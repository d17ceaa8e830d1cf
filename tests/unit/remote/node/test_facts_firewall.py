"""Rules of the kernel, as nft(8) and iptables-save(8) write them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fakes.recorded_machine import machine_host
from tests.fakes.shell_host import stand_in
from tests.unit.remote.node.test_facts import look

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
        "jump KUBE-FIREWALL",
        "tcp dport @open accept",
        "tcp dport ssh accept",
        "ip6 saddr fe80::/10 accept",
        "ip6 saddr fe80::/10 tcp dport 6443 accept",
        "meta nfproto ipv6 tcp dport 6443 accept",
        'iifname != "lo" tcp dport 6443 accept',
        "tcp dport != 23 accept",
        "ip saddr != 10.0.0.0/8 tcp dport 23 drop",
        'xt match "multiport" accept',
        "ip daddr 10.0.0.1 accept",
    ],
)
def test_what_is_not_evaluated_is_named(rule: str) -> None:
    found = nft(rule, "tcp dport 22 accept")
    assert (len(found.not_read), found.opened) == (1, ("22/tcp",))


@pytest.mark.parametrize(
    "rule",
    [
        "jump cali-INPUT",
        "goto other",
        "tcp dport vmap { 22 : accept }",
        "ct state vmap { established : accept, new : jump other }",
        "ip saddr @some drop",
        'iifname != "eth1" drop',
        "# what nft has no words for",
        "queue to 1",
        "return",
    ],
)
@pytest.mark.parametrize("policy", ["drop", "accept"])
def test_nothing_is_surely_open_after_what_may_refuse_it(rule: str, policy: str) -> None:
    found = nft("udp dport 53 accept", rule, "tcp dport 22 accept", policy=policy)
    assert (len(found.not_read), found.opened) == (1, ("53/udp",))


@pytest.mark.parametrize(
    "rule",
    [
        "ip saddr 127.0.0.0/8 accept",
        "ip daddr 224.0.0.0/4 accept",
        'iifname "lo" tcp dport 6443 accept',
        'iifname "eth0" ip saddr 10.0.0.0/8 icmp type echo-request accept',
        "fib daddr type { broadcast, multicast } accept",
        "limit rate over 5/second burst 5 packets drop",
        "ip saddr 10.0.0.5 drop",
    ],
)
def test_what_opens_nothing_for_others(rule: str) -> None:
    assert nft(rule) == PacketRules("nft inet filter input", refuses=True)


def test_what_an_earlier_rule_refuses_is_not_open() -> None:
    ports = ("30000-30004/tcp", "30006-32767/tcp")
    assert nft("tcp dport 30005 drop", "tcp dport 30000-32767 accept").opened == ports
    open_ = nft("tcp dport 6443 drop", policy="accept")
    assert (open_.opens(6443, "tcp"), open_.opens(6444, "tcp"), open_.opens(6443, "udp")) == (
        False,
        True,
        True,
    )
    assert nft("ct state new tcp dport 6443 accept", "ct state new drop").opened == ("6443/tcp",)
    partly = nft("ip saddr 10.0.0.0/8 drop", "ip saddr 10.0.0.0/8 tcp dport 6443 accept")
    assert (partly.opened, len(partly.not_read)) == ((), 1)


def test_more_ports_than_are_kept_are_named() -> None:
    found = nft(*(f"tcp dport {port} accept" for port in range(1000, 1600)))
    assert (len(found.opened), found.not_read) == (500, ("more than 500 ports",))


def test_a_chain_may_have_a_comment() -> None:
    lines = [
        "table inet filter {",
        "\tchain input {",
        '\t\tcomment "type filter"',
        "\t\ttype filter hook input priority filter; policy drop;",
        "\t\ttcp dport 22 accept",
        "\t}",
    ]
    assert list(of_nft(lines)) == [PacketRules("nft inet filter input", refuses=True, opened=("22/tcp",))]


@pytest.mark.parametrize(
    "rules",
    [["-s 10.0.0.1/32 -j DROP"] * 2001, [f"-s 10.0.0.1/32 -j {'X' * 250}"] * 300, [f"-j {'X' * 5000}"]],
)
def test_what_is_cut_off_is_unknown(rules: list[str]) -> None:
    text = "\n".join((":INPUT DROP [0:0]", *(f"-A INPUT {rule}" for rule in rules)))
    found = packet_rules((Record("machine-iptables", "", text.encode()[:65536]),))
    assert found == Unknown("it has more or longer rules than are read")


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
        ("-g MINE", (), 1),
        ("! -i lo -p tcp -m tcp --dport 6443 -j ACCEPT", (), 1),
        ("-p tcp -m conntrack ! --ctstate INVALID -m tcp --dport 6443 -j ACCEPT", (), 1),
        ("-p udp -m udp --sport 67 -j ACCEPT", (), 1),
        ("-s 127.0.0.0/8 -j ACCEPT", (), 0),
        ("-d 224.0.0.0/4 -j ACCEPT", (), 0),
        ("-i lo -p tcp -m tcp --dport 6443 -j ACCEPT", (), 0),
        ("-m addrtype --dst-type LOCAL -p tcp -m tcp --dport 6443 -j ACCEPT", ("6443/tcp",), 0),
        (
            "-p tcp -m conntrack --ctstate NEW -m tcp --dport 22 --tcp-flags FIN,SYN,RST,ACK SYN -j ACCEPT",
            ("22/tcp",),
            0,
        ),
        ("-m limit --limit 5/min -j LOG --log-prefix x", (), 0),
    ],
)
def test_iptables(rule: str, opened: tuple[str, ...], not_read: int) -> None:
    [found] = of_iptables([":INPUT DROP [0:0]", f"-A INPUT {rule}"])
    assert (found.refuses, found.opened, len(found.not_read)) == (True, opened, not_read)


def test_a_jump_for_other_ports_leaves_the_rest_open() -> None:
    jump = "-A INPUT -p tcp -m multiport --dports 22 -j f2b-sshd"
    [found] = of_iptables([":INPUT ACCEPT [0:0]", "-A INPUT -j KUBE-FIREWALL", jump])
    assert (found.opens(6443, "tcp"), found.opens(22, "tcp")) == (True, False)


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


@pytest.mark.parametrize("command", ["ufw", "nft"])
def test_a_list_that_broke_off_is_unknown(tmp_path: Path, command: str) -> None:
    host = machine_host("rocky-9", "dash", tmp_path)
    stand_in(host.bin, command, "printf 'Default: deny (incoming)\\n22/tcp  ALLOW'; exit 1")
    if command == "ufw":
        (tmp_path / "root/etc/ufw").mkdir()
        (tmp_path / "root/etc/ufw/ufw.conf").write_text("ENABLED=yes\n")
    rules = look(host).security.rules
    assert rules == Unknown("it does not answer within 5 s, or shows no rules to this login")
