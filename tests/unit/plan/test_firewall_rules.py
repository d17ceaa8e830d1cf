from __future__ import annotations

from podwright.plan.firewall_rules import PacketRules


def test_which_ports_are_open() -> None:
    rules = PacketRules("nft", refuses=True, opened=("6443/tcp", "30000-32767/udp", "100:200/tcp"))
    assert [rules.opens(*port) for port in ((6443, "tcp"), (31000, "udp"), (150, "tcp"))] == [True] * 3
    assert [rules.opens(*port) for port in ((6443, "udp"), (29999, "udp"), (201, "tcp"))] == [False] * 3
