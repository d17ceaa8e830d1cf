"""ufw and firewalld, as their manuals show their lists."""

from __future__ import annotations

from podwright.plan.firewall_rules import ALL_PORTS, PacketRules
from podwright.remote.node.facts_firewall_front_ends import of_firewalld, of_ufw

UFW = """\
Status: active
Logging: on (low)
Default: deny (incoming), allow (outgoing), disabled (routed)
New profiles: skip

To                         Action      From
--                         ------      ----
22/tcp                     ALLOW IN    Anywhere
6443                       ALLOW IN    10.0.0.0/8
10250:10259/tcp            LIMIT IN    Anywhere
80,443/tcp                 ALLOW IN    Anywhere
2379/tcp                   DENY IN     Anywhere
9100/tcp on eth1           ALLOW IN    Anywhere
OpenSSH                    ALLOW IN    Anywhere
WWW Full                   ALLOW IN    Anywhere
22/tcp (v6)                ALLOW IN    Anywhere (v6)
"""
ZONES = """\
block
  target: %%REJECT%%
  ports: 1/tcp

public (active)
  target: default
  icmp-block-inversion: no
  interfaces: eth0
  services: ssh dhcpv6-client kube-apiserver
  ports: 10250/tcp 30000-32767/tcp
  rich rules:
\trule family="ipv4" source address="10.0.0.0/8" accept

trusted
  target: ACCEPT
"""


def test_ufw() -> None:
    [rules] = of_ufw(UFW.splitlines())
    assert rules == PacketRules(
        "ufw",
        refuses=True,
        opened=("22/tcp", "6443/tcp", "6443/udp", "10250-10259/tcp", "80/tcp", "443/tcp", "9100/tcp"),
        not_read=("`WWW Full`",),
    )
    [open_] = of_ufw(["Default: allow (incoming), allow (outgoing)"])
    assert not open_.refuses
    [friends] = of_ufw([*UFW.splitlines()[:3], "Anywhere                   ALLOW IN    10.0.0.5"])
    assert friends.opened == ALL_PORTS


def test_what_ufw_lets_out_or_on_opens_nothing_and_what_stands_first_counts() -> None:
    rules = """\
Anywhere on lo             ALLOW IN    Anywhere
Anywhere                   ALLOW OUT   Anywhere on eth0
6443/tcp                   ALLOW FWD   Anywhere
Anywhere                   ALLOW IN    127.0.0.0/8
2379/tcp                   DENY IN     Anywhere                   # closed
2379:2380/tcp              ALLOW IN    Anywhere                   (log)
Anywhere/tcp               ALLOW IN    10.0.0.0/8
10250/tcp (v6)             ALLOW IN    fe80::/10
"""
    [found] = of_ufw([*UFW.splitlines()[:3], *rules.splitlines()])
    assert found.opened == ("2380/tcp", "1-2378/tcp", "2380-65535/tcp")
    assert found.not_read == ("`10250/tcp (v6)`",)
    [unsaid] = of_ufw(["Status: active"])
    assert (unsaid.opened, len(unsaid.not_read)) == ((), 1)


def test_the_profile_of_a_rule_of_ufw_is_not_its_port() -> None:
    rules = """\
80,443/tcp (Apache Full)   ALLOW IN    Anywhere
80,443/tcp (Apache Full (v6)) ALLOW IN    Anywhere (v6)
"""
    [found] = of_ufw([*UFW.splitlines()[:3], *rules.splitlines()])
    assert (found.opened, found.not_read) == (("80/tcp", "443/tcp"), ())


def test_zones_of_nobody_else_and_refusing_rules_of_firewalld() -> None:
    [none] = of_firewalld(ZONES.replace(" (active)", "").splitlines())
    assert (none.opened, none.not_read) == ((), ("no zone is active",))
    [own] = of_firewalld([*ZONES.splitlines(), "", "own (active)", "  target: ACCEPT", "  interfaces: lo"])
    assert own.refuses
    [refused] = of_firewalld([*ZONES.splitlines()[:-3], '\trule priority="-1" family="ipv4" drop'])
    assert (refused.opened, len(refused.not_read)) == ((), 3)


def test_firewalld() -> None:
    [rules] = of_firewalld(ZONES.splitlines())
    assert rules.refuses
    assert rules.opened == ("10250/tcp", "30000-32767/tcp")
    assert rules.not_read[0] == "the service kube-apiserver"
    assert len(rules.not_read) == 2
    [trusted] = of_firewalld(ZONES.replace("trusted", "trusted (active)").splitlines())
    assert not trusted.refuses
