"""What front ends of a firewall let through: ufw and firewalld, as they list it themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from podwright.plan.firewall_rules import ALL_PORTS, PORTS, PacketRules

_UFW = re.compile(r"(\S+(?: \S+)*?)(?: \(v6\))?\s+(ALLOW|LIMIT|DENY|REJECT)(?: IN| OUT| FWD)?\s+\S.*")
#: services of firewalld that are none of a node's ports
_OTHERS = frozenset(("ssh", "dhcpv6-client", "dhcp", "mdns", "cockpit", "samba-client", "ntp"))


def of_ufw(lines: Iterable[str]) -> Iterator[PacketRules]:
    """As `ufw status verbose` shows it."""
    refuses = False
    opened: list[str] = []
    not_read: list[str] = []
    for line in lines:
        if line.startswith("Default: "):
            refuses = not line.startswith("Default: allow")
        elif (found := _UFW.fullmatch(line.strip())) and found[2] in ("ALLOW", "LIMIT"):
            ports, _, protocol = found[1].split(" ")[0].partition("/")
            words = ports.replace(":", "-").split(",")
            if ports == "Anywhere":
                opened += ALL_PORTS
            elif all(map(PORTS.fullmatch, words)) and protocol in ("", "tcp", "udp"):
                opened += [
                    f"{word}/{one}" for word in words for one in ([protocol] if protocol else ["tcp", "udp"])
                ]
            elif found[1] != "OpenSSH":
                not_read.append(f"`{found[1][:80]}`")
    yield PacketRules("ufw", refuses, tuple(dict.fromkeys(opened))[:500], tuple(not_read[:20]))


def of_firewalld(lines: Iterable[str]) -> Iterator[PacketRules]:
    """As `firewall-cmd --list-all-zones` shows the zones that are active: who comes through one of them comes through."""
    refuses, active, rich = True, False, False
    opened: list[str] = []
    not_read: list[str] = []
    for line in lines:
        if line and not line[0].isspace():
            active, rich = "active" in line.partition(" ")[2], False
            continue
        name, _, value = line.strip().partition(": ")
        if not active or not line.strip():
            continue
        if rich and line.startswith("\t"):
            not_read.append(f"`{line.strip()[:80]}`")
        rich = line.strip().startswith("rich rules:")
        match name:
            case "target":
                refuses = refuses and value != "ACCEPT"
            case "ports":
                opened += [word for word in value.split() if PORTS.fullmatch(word.partition("/")[0])]
            case "services":
                not_read += [f"the service {word[:40]}" for word in value.split() if word not in _OTHERS]
    yield PacketRules("firewalld", refuses, tuple(opened[:500]), tuple(not_read[:20]))
