"""Rules that are met one after the other."""

from __future__ import annotations

from podwright.plan.firewall_rules import ALL_PORTS, PacketRules
from podwright.remote.node.facts_firewall_chain import Rule, chain
from podwright.remote.node.facts_firewall_matches import NONE, Match

API = Match(("6443/tcp",))


def test_the_policy_is_the_last_rule() -> None:
    assert chain("x", True, ()) == PacketRules("x", refuses=True)
    assert chain("x", False, ()) == PacketRules("x", refuses=False, opened=ALL_PORTS)


def test_the_first_rule_for_a_port_decides() -> None:
    accept, refuse = Rule("accept", API), Rule("refuse", API)
    assert chain("x", True, (accept, refuse)).opened == ("6443/tcp",)
    assert chain("x", True, (refuse, accept)).opened == ()
    assert chain("x", False, (refuse,)).opened == ("1-6442/tcp", "6444-65535/tcp", "1-65535/udp")


def test_what_is_not_evaluated_leaves_only_what_it_may_not_refuse() -> None:
    jump = Rule("other", API, "jump x")
    found = chain("x", False, (jump,))
    assert (found.opens(6443, "tcp"), found.opens(22, "tcp"), found.not_read) == (False, True, ("jump x",))
    harmless = chain("x", False, (Rule("other", text="jump KUBE-X", harmless=True),))
    assert (harmless.opened, harmless.not_read) == (ALL_PORTS, ("jump KUBE-X",))
    assert chain("x", False, (Rule("other", NONE, "jump x"),)).not_read == ()


def test_some_senders_may_be_those_who_were_refused_before() -> None:
    some = Match(some=True)
    assert chain("x", True, (Rule("accept", some),)).opened == ALL_PORTS
    found = chain("x", True, (Rule("refuse", some), Rule("accept", some, "later"), Rule("accept", API)))
    assert (found.opened, found.not_read) == (("6443/tcp",), ("later",))
