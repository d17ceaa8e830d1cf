"""What a node's rules do with packets for it, as nft or iptables list them; what is not understood is named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from podwright.plan.firewall_rules import ALL_PORTS, NOT_ASKED, PORTS, PacketRules
from podwright.plan.unknown_fact import Known, Unknown
from podwright.remote.node.facts_firewall_front_ends import of_firewalld, of_ufw
from podwright.remote.node.records import Record

_MOST_LINES = 2_000
#: of nft, what says nothing of who comes through
_ASIDE = re.compile(
    r'\b(counter( packets \d+ bytes \d+)?|comment "[^"]*"|log( (prefix|level|group|flags|snaplen) ("[^"]*"|\S+))*+'
    r"|limit rate (over )?\S+( burst \d+ \S+)?|meta nftrace set 1)( |\Z)"
)
#: packets of what is there already, of this machine, and of no port
_NOT_NEW = re.compile(
    r'ct state (vmap )?(\{ )?(\b(established|related|invalid|untracked)\b( : [a-z]++)?+(, ?)?+)++( \})?|iif(name)? "?lo"?'
    r"|(meta l4proto|ip protocol|ip6 nexthdr) (\{ )?(icmp|icmpv6|ipv6-icmp|igmp|vrrp|ah|esp|gre)\b.*"
    r"|icmp(v6|x)? .*|pkttype .*"
)
_DPORT = re.compile(
    r"(?:(?P<both>meta l4proto \{ tcp, udp \} )?(?P<word>tcp|udp|th) )dport (?P<ports>\{[^}]*\}|\S+)"
)
_L4 = re.compile(r"(?:meta l4proto|ip protocol) (tcp|udp)\b")
_VERDICT = re.compile(r"(?:^| )(accept|drop|reject(?: with .*)?|(?:jump|goto) \S+|queue.*|return|continue)\Z")
_CHAIN_OPENED = re.compile(r"\tchain (\S+) \{")
_HOOK = re.compile(r"type (\w+) hook input priority .*?; policy (\w+);")


def packet_rules(records: Iterable[Record]) -> Known[tuple[PacketRules, ...]]:
    """A front end's own list counts if there is one: its rules are jumps to those who read the kernel's."""
    last = {record.kind: record for record in records}
    for kind, read in _READERS.items():
        if kind in last:
            lines = last[kind].text.splitlines()[:_MOST_LINES]
            return (
                tuple(read(lines))
                if any(lines) and "# failed" not in lines
                else Unknown("it does not answer within 5 s, or shows no rules to this login")
            )
    return Unknown("no program there shows rules") if "machine-rules-asked" in last else NOT_ASKED


def of_nft(lines: Iterable[str]) -> Iterator[PacketRules]:
    """Of each chain in which packets for the node begin; tables of IPv6 alone do not count."""
    table = name = ""
    rules: list[str] = []
    for line in lines:
        if line.startswith("table "):
            table = line.removeprefix("table ").removesuffix(" {")
        elif found := _CHAIN_OPENED.fullmatch(line):
            name, rules = found[1], []
        elif line == "\t}":
            hook = _HOOK.match(rules[0]) if rules else None
            if hook and hook[1] == "filter" and table.split(" ")[0] in ("ip", "inet"):
                yield _chain(f"nft {table} {name}"[:100], hook[2] == "drop", map(_nft_rule, rules[1:]))
        else:
            rules.append(" ".join(line.split()))


#: a verdict, what it opens, and whether everything meets it
_Rule = tuple[str, tuple[str, ...], bool]


def _nft_rule(line: str) -> _Rule:
    text = _ASIDE.sub("", f"{line} ").strip()
    found = _VERDICT.search(text)
    if text.startswith("#") or not text:
        return "", (), False
    if found is None:
        return ("", (), False) if _NOT_NEW.fullmatch(text) else (f"`{line[:80]}`", (), False)
    match = text[: found.start()].strip()
    return _rule(found[1], match, _NOT_NEW.fullmatch, _nft_ports)


def _rule(
    verdict: str,
    match: str,
    is_not_new: Callable[[str], object],
    ports_of: Callable[[str], tuple[str, ...] | None],
) -> _Rule:
    if verdict.split(" ", maxsplit=1)[0] in ("jump", "goto", "queue", "return", "continue"):
        return ("", (), False) if is_not_new(match) else (f"`{verdict[:80]}`", (), False)
    if verdict != "accept":
        return "refuse", (), not match
    if not match:
        return "accept", ALL_PORTS, True
    if is_not_new(match):
        return "", (), False
    ports = ports_of(match)
    return ("accept", ports, False) if ports is not None else (f"`{match[:80]}`", (), False)


def _chain(source: str, refuses: bool, rules: Iterable[_Rule]) -> PacketRules:
    opened: list[str] = []
    not_read: list[str] = []
    for verdict, ports, all_packets in rules:
        if verdict in ("accept", "refuse"):
            opened += ports
            if all_packets:
                refuses = verdict == "refuse"
                break
        elif verdict:
            not_read.append(verdict)
    return PacketRules(
        source, refuses, tuple(dict.fromkeys(opened))[:500], tuple(dict.fromkeys(not_read))[:20]
    )


def _nft_ports(match: str) -> tuple[str, ...] | None:
    """Ports through which some packets come; None if that is not understood."""
    if found := _DPORT.search(match):
        words = [word.strip() for word in found["ports"].strip("{} ").split(",")]
        if not all(map(PORTS.fullmatch, words)):
            return None
        protocols = ("tcp", "udp") if found["word"] == "th" else (found["word"],)
        return tuple(f"{word}/{protocol}" for word in words for protocol in protocols)
    if "dport" in match or "xt " in match or "@" in match:
        return None
    if found := _L4.search(match):
        return (f"1-65535/{found[1]}",)
    return ALL_PORTS if re.match(r"(ip|ip6) saddr|(iif|iifname|meta iifname) ", match) else None


def of_iptables(lines: Iterable[str]) -> Iterator[PacketRules]:
    """As iptables-save writes the chain INPUT."""
    policy, rules = "ACCEPT", []
    for line in lines:
        if line.startswith(":INPUT "):
            policy = line.split(" ")[1]
        elif line.startswith("-A INPUT "):
            rules.append(_iptables_rule(line.removeprefix("-A INPUT ")))
    yield _chain("iptables INPUT", policy == "DROP", rules)


def _iptables_rule(line: str) -> _Rule:
    match, _, target = line.partition("-j ")
    match = re.sub(r'-m comment --comment ("[^"]*"|\S+) ?', "", match).strip()
    verdict = {"ACCEPT": "accept", "DROP": "drop", "REJECT": "reject"}.get(
        target.split(" ")[0], f"jump {target}"
    )
    if target.split(" ")[0] in ("LOG", "NFLOG", ""):
        return "", (), False
    return _rule(verdict, match, _iptables_not_new, _iptables_ports)


def _iptables_not_new(match: str) -> bool:
    states = re.search(r"--(?:ct)?state (\S+)", match)
    return bool(
        (states and "NEW" not in states[1])
        or re.search(r"(^| )-i lo( |\Z)|-p (icmp|igmp|ipv6-icmp)\b|addrtype", match)
    )


def _iptables_ports(match: str) -> tuple[str, ...] | None:
    protocol = re.search(r"(?:^| )-p (tcp|udp)( |\Z)", match)
    ports = re.search(r"--dports? (\S+)", match)
    if ports and protocol and all(map(PORTS.fullmatch, ports[1].split(","))):
        return tuple(f"{word}/{protocol[1]}" for word in ports[1].replace(":", "-").split(","))
    if ports or re.search(r"-m (?!tcp|udp|conntrack|state)\w", match) or "!" in match:
        return None
    return (f"1-65535/{protocol[1]}",) if protocol else ALL_PORTS


_READERS: Mapping[str, Callable[[Iterable[str]], Iterator[PacketRules]]] = {
    "machine-ufw": of_ufw,
    "machine-firewalld": of_firewalld,
    "machine-input": of_nft,
    "machine-iptables": of_iptables,
}
