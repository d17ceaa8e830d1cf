"""What a node's rules do with packets for it, as nft or iptables list them; what is not understood is named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from podwright.plan.firewall_rules import NOT_ASKED, PacketRules
from podwright.plan.unknown_fact import Known, Unknown
from podwright.remote.node.facts_firewall_chain import Rule, chain
from podwright.remote.node.facts_firewall_front_ends import of_firewalld, of_ufw
from podwright.remote.node.facts_firewall_matches import Match, of_iptables_conditions, of_nft_conditions
from podwright.remote.node.records import Record

#: the program that lists them cuts what is longer than 64 KiB
_MOST_LINES, _MOST_BYTES, _LONGEST = 2_000, 65_000, 4_096
#: of nft, what says nothing of who comes through
_ASIDE = re.compile(
    r'\b(counter( packets \d+ bytes \d+)?|comment "[^"]*"|log( (prefix|level|group|flags|snaplen) ("[^"]*"|\S+))*+'
    r"|meta nftrace set 1)( |\Z)|/\*.*?\*/ ?"
)
#: what is there already
_KNOWN_STATES = re.compile(
    r"ct state vmap \{ (\b(established|related|invalid|untracked) : (accept|drop)(, )?)++ \}"
)
_VERDICT = re.compile(r"(?:^| )(accept|drop|reject(?: with .*)?|(?:jump|goto) \S+|queue.*|return|continue)\Z")
_CHAIN_OPENED = re.compile(r"\tchain (\S+) \{")
_HOOK = re.compile(r"type (\w+) hook input priority [^;]*;(?: policy (\w+);)?")
#: kube-proxy's and the kubelet's own chains take no packet for a port of the node, or of a pod there
_KUBERNETES = ("jump KUBE-", "goto KUBE-")


def packet_rules(records: Iterable[Record]) -> Known[tuple[PacketRules, ...]]:
    """A front end's own list counts if there is one: its rules are jumps to those who read the kernel's."""
    last = {record.kind: record for record in records}
    for kind, read in _READERS.items():
        if kind in last:
            return _read(last[kind], read)
    return Unknown("no program there shows rules") if "machine-rules-asked" in last else NOT_ASKED


def _read(
    record: Record, read: Callable[[Iterable[str]], Iterator[PacketRules]]
) -> Known[tuple[PacketRules, ...]]:
    lines = record.text.splitlines()
    if not any(lines) or "# failed" in lines:
        return Unknown("it does not answer within 5 s, or shows no rules to this login")
    if len(lines) > _MOST_LINES or len(record.body) > _MOST_BYTES or len(max(lines, key=len)) > _LONGEST:
        return Unknown("it has more or longer rules than are read")
    return tuple(read(lines))


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
            hook = next(filter(None, map(_HOOK.match, rules)), None)
            if hook and hook[1] == "filter" and table.split(" ")[0] in ("ip", "inet"):
                kept = [_nft_rule(rule) for rule in rules if not _HOOK.match(rule)]
                yield chain(f"nft {table} {name}"[:100], hook[2] == "drop", filter(None, kept))
        else:
            rules.append(" ".join(line.split()))


def _nft_rule(line: str) -> Rule | None:
    text = _ASIDE.sub("", f"{line} ").strip()
    found = _VERDICT.search(text)
    match = of_nft_conditions(text[: found.start()].strip() if found else text)
    shown = f"`{text[:80]}`"
    if found is None:
        return None if match.read or _KNOWN_STATES.fullmatch(text) else Rule("other", match, shown)
    if text.startswith(("ip6 ", "meta nfproto ipv6 ")) and found[1] != "accept":
        return None
    return _rule(found[1], match, shown)


def _rule(verdict: str, match: Match, shown: str) -> Rule | None:
    word = verdict.split(" ", maxsplit=1)[0]
    if word == "continue":
        return None
    kind = {"accept": "accept", "drop": "refuse", "reject": "refuse"}.get(word, "other")
    return Rule(kind, match, shown, harmless=verdict.startswith(_KUBERNETES))


def of_iptables(lines: Iterable[str]) -> Iterator[PacketRules]:
    """As iptables-save writes the chain INPUT."""
    policy, rules = "ACCEPT", []
    for line in lines:
        if line.startswith(":INPUT "):
            policy = line.split(" ")[1]
        elif line.startswith("-A INPUT "):
            rules.append(_iptables_rule(line.removeprefix("-A INPUT ")))
    yield chain("iptables INPUT", policy == "DROP", filter(None, rules))


def _iptables_rule(line: str) -> Rule | None:
    line = re.sub(r'-m comment --comment ("[^"]*"|\S+) ?', "", line)
    conditions, option, target = next(
        (parts for name in ("-j ", "-g ") if (parts := f" {line}".partition(f" {name}"))[1]), (line, "", "")
    )
    name = target.split(" ")[0]
    if name in ("LOG", "NFLOG", ""):
        return None
    verdict = {"ACCEPT": "accept", "DROP": "drop", "REJECT": "reject"}.get(name, f"jump {target}")
    return _rule(
        verdict if option == " -j " else f"goto {target}",
        of_iptables_conditions(conditions.strip()),
        f"`{line.strip()[:80]}`",
    )


_READERS: Mapping[str, Callable[[Iterable[str]], Iterator[PacketRules]]] = {
    "machine-ufw": of_ufw,
    "machine-firewalld": of_firewalld,
    "machine-input": of_nft,
    "machine-iptables": of_iptables,
}
