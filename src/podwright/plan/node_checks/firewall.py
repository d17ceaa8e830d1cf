"""Whether a firewall's rules let anybody reach the ports that are needed on a node; podwright changes none of them."""

from __future__ import annotations

from collections.abc import Iterator

from podwright.plan.firewall_rules import NOT_ASKED, PacketRules
from podwright.plan.node_checks.check import (
    BOTH,
    Check,
    Judged,
    Result,
    Severity,
    Subject,
    held,
    not_applicable,
    unknown,
)
from podwright.plan.node_checks.peers import ports_for_peers
from podwright.plan.unknown_fact import Unknown


def _needed(subject: Subject) -> Iterator[tuple[int, str]]:
    """Of what runs there and others talk to, and of the pods that it is to run."""
    yield from ((port, "tcp") for port, _ in ports_for_peers(subject))
    for manifest in subject.manifests:
        for taken in manifest.host_ports:
            if not taken.address.startswith("127."):
                yield taken.port, taken.protocol.lower()


def _reachable(subject: Subject) -> Judged:
    needed = tuple(dict.fromkeys(_needed(subject)))
    if not needed:
        return not_applicable("no port of it is needed elsewhere")
    rules = subject.facts.security.rules
    if rules == NOT_ASKED:
        return not_applicable("rules are read for a control plane, and if a static pod takes a port")
    if isinstance(rules, Unknown):
        active = subject.facts.security.firewalls
        return unknown(rules.reason) if active else not_applicable("no firewall is active")
    ports = ", ".join(f"{port}/{protocol}" for port, protocol in needed)
    # what one chain surely refuses is refused, whatever another does
    told = [
        _closed(one, closed, ports)
        for one in rules
        if (closed := [port for port in needed if not one.opens(*port)])
    ]
    told.sort(key=lambda one: one.result is not Result.WARN)
    return told[0] if told else held(good=True, seen="some packets come through to each", expected=ports)


def _closed(rules: PacketRules, closed: list[tuple[int, str]], ports: str) -> Judged:
    names = ", ".join(f"{port}/{protocol}" for port, protocol in closed)
    if rules.not_read:
        return unknown(
            f"{rules.source} does not surely let packets through to {names}, and what decides there is not evaluated:"
            f" {', '.join(rules.not_read[:5])}"
        )
    return Judged(Result.WARN, f"no rule lets packets through to {names}", ports, rules.source)


CHECKS = (
    Check(
        "firewall-ports", Severity.WARNING, BOTH, "a firewall lets nobody reach ports that are needed",
        "pods that others talk to seem to be down, and the API does not reach the kubelet",
        "open these ports in the firewall", _reachable,
    ),
)  # fmt: skip
