"""What front ends of a firewall let through: ufw and firewalld, as they list it themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from podwright.plan.firewall_rules import PORTS, PacketRules
from podwright.remote.node.facts_firewall_chain import Rule, chain
from podwright.remote.node.facts_firewall_matches import NONE, Match, of_iptables_conditions

_UFW = re.compile(r"(\S+(?: \S+)*?)\s+(ALLOW|LIMIT|DENY|REJECT)(?! OUT\b| FWD\b)(?: IN)?\s+(\S.*)")
_UFW_ASIDE = re.compile(r"\s+(?:#.*|\(log(?:-all)?\))")
_PORT_OF_FIREWALLD = re.compile(r"[0-9]{1,5}(-[0-9]{1,5})?/(tcp|udp)")
#: services of firewalld that are none of a node's ports
_OTHERS = frozenset(("ssh", "dhcpv6-client", "dhcp", "mdns", "cockpit", "samba-client", "ntp"))


def of_ufw(lines: Iterable[str]) -> Iterator[PacketRules]:
    """As `ufw status verbose` shows it; a rule of IPv6 counts if IPv4 has none for the same."""
    policy = ""
    rules: list[Rule] = []
    of_ipv4: set[str] = set()
    for line in lines:
        if line.startswith(("Default: ", "Status: inactive")):
            policy = "accept" if line.startswith(("Default: allow", "Status: ")) else "refuse"
        elif found := _UFW.fullmatch(line.strip()):
            # after the ports stands the profile that has them, such as ` (Apache Full)`
            to, sender = (
                re.sub(r" \([^()]*\)", "", found[1].replace(" (v6)", "")),
                _UFW_ASIDE.sub("", found[3]),
            )
            verdict = "accept" if found[2] in ("ALLOW", "LIMIT") else "refuse"
            if "(v6)" not in line:
                of_ipv4.add(to)
                rules.append(Rule(verdict, _of_ufw(to, sender), f"`{to[:80]}`"))
            elif verdict == "accept" and to not in of_ipv4:
                rules.append(Rule(verdict, Match(read=False), f"`{to[:80]} (v6)`"))
    if not policy:
        rules.append(Rule("other", Match(read=False), "what becomes of the others"))
    yield chain("ufw", policy == "refuse", rules)


def _of_ufw(to: str, sender: str) -> Match:
    to, _, interface = to.partition(" on ")
    if to == "OpenSSH":
        return NONE
    ports, _, protocol = to.partition("/")
    if ports != "Anywhere" and not all(map(PORTS.fullmatch, ports.replace(":", "-").split(","))):
        return Match(read=False)
    conditions = (
        f"-s {sender}" if sender != "Anywhere" else "",
        f"-i {interface}" if interface else "",
        f"-p {protocol}" if protocol else "",
        f"--dports {ports}" if ports != "Anywhere" else "",
    )
    return of_iptables_conditions(" ".join(filter(None, conditions)))


def of_firewalld(lines: Iterable[str]) -> Iterator[PacketRules]:
    """As `firewall-cmd --list-all-zones` shows the zones that are active: who comes through one of them comes through."""
    refuses = True
    rules: list[Rule] = []
    zones = [zone for zone in _active_zones(lines) if ("interfaces", "lo") not in zone]
    if not zones:
        rules.append(Rule("other", Match(read=False), "no zone is active"))
    for name, value in (setting for zone in zones for setting in zone):
        match name:
            case "target":
                refuses = refuses and value != "ACCEPT"
            case "ports":
                ports = filter(_PORT_OF_FIREWALLD.fullmatch, value.split())
                rules.append(Rule("accept", Match(tuple(ports))))
            case "services":
                unread = [f"the service {word[:40]}" for word in value.split() if word not in _OTHERS]
                rules += (Rule("accept", Match(read=False), text) for text in unread)
            case "protocols" | "source-ports" if value:
                rules.append(Rule("accept", Match(read=False), f"`{name}: {value[:60]}`"))
            case "rich rules":
                refusal = re.search(r" (drop|reject)\b", value) and ' source address="' not in value
                rule = Rule("other" if refusal else "accept", Match(read=False), f"`{value[:80]}`")
                rules.insert(0 if refusal else len(rules), rule)
    yield chain("firewalld", refuses, rules)


def _active_zones(lines: Iterable[str]) -> Iterator[list[tuple[str, str]]]:
    """The settings of each; one for each rich rule."""
    zone: list[tuple[str, str]] = []
    active, last = False, ""
    for line in lines:
        if line and not line[0].isspace():
            if active:
                yield zone
            zone, active, last = [], "active" in line.partition(" ")[2], ""
        elif line.startswith("\t"):
            zone.append((last, line.strip()))
        elif line.strip():
            last, _, value = line.strip().partition(":")
            if value.strip():
                zone.append((last, value.strip()))
    if active:
        yield zone
