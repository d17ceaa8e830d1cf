"""Which packets a rule is about, as nft or iptables write its conditions; a condition that is not known makes it unread."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from ipaddress import IPv4Network
from itertools import pairwise

from msgspec import Struct

from podwright.plan.firewall_rules import ALL_PORTS, PORTS


class Match(Struct, frozen=True):
    """Packets of others that begin something, to `ports`: only of `some` senders, and at most these if it is not `read`."""

    ports: tuple[str, ...] = ALL_PORTS
    some: bool = False
    read: bool = True


NONE = Match(ports=())


class _Effect(Enum):
    ALL = "no condition"
    SOME = "some senders"
    NONE = "no packet that counts"
    UNREAD = "not known"


_PROTOCOLS = ("tcp", "udp")
_WITHOUT_PORTS = frozenset(
    ("icmp", "icmpv6", "ipv6-icmp", "igmp", "vrrp", "ah", "esp", "gre", "ospf", "ospfigp")
)
_STATES = frozenset(("new", "established", "related", "invalid", "untracked"))
_TO_MANY = frozenset(("broadcast", "multicast", "anycast"))
#: a condition: what it asks, and for which words
_Condition = tuple[str, list[str]]

_VALUE = r'(?P<value>\{ [^}]*\}|"[^"]*"|[^\s{"]\S*)'
_NFT = re.compile(
    r"(?P<key>ct state|(?:meta )?iif(?:name)?|ip saddr|ip daddr|meta l4proto|ip protocol|tcp dport|udp dport|th dport"
    rf"|meta nfproto|(?:meta )?pkttype|fib daddr type|icmp(?:v6|x)? \w+|limit rate(?: over)?) {_VALUE}"
    r"(?: burst \d+ \S+)?(?: |\Z)"
)
_NFT_ICMP = re.compile(r"(?:\A| )(?:icmp(?:v6|x)? \w+ |ip6 nexthdr (?:ipv6-icmp|icmpv6)\b)")
_NFT_PORTS = re.compile(r"(?:\A| )(tcp|udp) dport (\{ [^}]*\}|\d\S*)(?= |\Z)")
_KEYS = {
    "ct state": "state", "iif": "from-interface", "iifname": "from-interface", "meta iif": "from-interface",
    "meta iifname": "from-interface", "ip saddr": "from", "ip daddr": "to", "meta l4proto": "protocol",
    "ip protocol": "protocol", "tcp dport": "tcp", "udp dport": "udp", "th dport": "ports", "meta nfproto": "family",
    "pkttype": "type", "meta pkttype": "type", "fib daddr type": "type", "limit rate": "limit",
    "limit rate over": "limit",
}  # fmt: skip
_OPTIONS = {
    "-s": "from", "-d": "to", "-i": "from-interface", "-p": "protocol", "--dport": "ports", "--dports": "ports",
    "--ctstate": "state", "--state": "state", "--dst-type": "type", "--pkt-type": "type", "--limit": "limit",
    "--limit-burst": "limit",
}  # fmt: skip
_MODULES = frozenset(("tcp", "udp", "conntrack", "state", "multiport", "addrtype", "pkttype", "limit"))


def of_nft_conditions(text: str) -> Match:
    if _NFT_ICMP.search(text):
        return NONE
    found = _NFT_PORTS.search(text)
    return _met(_of_nft(text), _ports((found[1],), _words(found[2])) if found else ())


def _of_nft(text: str) -> Iterator[_Condition]:
    at = 0
    while at < len(text):
        found = _NFT.match(text, at)
        if found is None:
            yield "", []
            return
        yield _KEYS.get(found["key"], "icmp"), _words(found["value"])
        at = found.end()


def _words(value: str) -> list[str]:
    return [word for word in re.split(r"[ ,]+", value.strip('{} "').replace('"', "")) if word]


def of_iptables_conditions(text: str) -> Match:
    if "!" in text:
        return Match(read=False)
    words = text.replace("--tcp-flags FIN,SYN,RST,ACK SYN", "").split()
    options = dict(pairwise(words))
    ports = options.get("--dport", options.get("--dports", "")).split(",")
    return _met(_of_iptables(words), _ports((options.get("-p", ""),), ports))


def _of_iptables(words: list[str]) -> Iterator[_Condition]:
    for option, value in zip(words[::2], words[1::2], strict=False):
        if option != "-m":
            yield _OPTIONS.get(option, ""), value.lower().replace(":", "-").split(",")
        elif value not in _MODULES:
            yield "", []
    if len(words) % 2:
        yield "", []


def _met(conditions: Iterable[_Condition], bound: tuple[str, ...]) -> Match:
    """Of all of them; `bound` are the ports if one is not known."""
    protocols: tuple[str, ...] = _PROTOCOLS
    ports, some = ["1-65535"], False
    for key, words in conditions:
        effect = _effect(key, words)
        if effect is _Effect.UNREAD:
            return Match(bound or ALL_PORTS, read=False)
        some = some or effect is _Effect.SOME
        if key in ("tcp", "udp", "protocol"):
            asked = (key,) if key in _PROTOCOLS else words
            protocols = tuple(one for one in protocols if one in asked)
        if key in ("tcp", "udp", "ports"):
            ports = words
        if effect is _Effect.NONE or not protocols:
            return NONE
    return Match(_ports(protocols, ports), some)


def _ports(protocols: Iterable[str], words: list[str]) -> tuple[str, ...]:
    """None if one of the words is no number."""
    if not all(map(PORTS.fullmatch, words)):
        return ()
    named = [protocol for protocol in protocols if protocol in _PROTOCOLS]
    return tuple(f"{word.replace(':', '-')}/{protocol}" for word in words for protocol in named)


def _effect(key: str, words: list[str]) -> _Effect:
    match key:
        case "state":
            return _among(words, none=_STATES - {"new"}, every=frozenset(("new",)))
        case "from" | "to":
            return _of_addresses(words, sender=key == "from")
        case "from-interface":
            if words == ["lo"]:
                return _Effect.NONE
            return _Effect.SOME if words and all(map(_INTERFACE.fullmatch, words)) else _Effect.UNREAD
        case "protocol":
            return _among(words, none=_WITHOUT_PORTS, every=frozenset(_PROTOCOLS))
        case "tcp" | "udp" | "ports":
            return _Effect.ALL if words and all(map(PORTS.fullmatch, words)) else _Effect.UNREAD
        case "type":
            return _among(words, none=_TO_MANY, every=frozenset(("local", "host", "unicast")))
        case "family":
            return _Effect.ALL if words == ["ipv4"] else _Effect.UNREAD
        case "icmp":
            return _Effect.NONE
        case "limit":
            return _Effect.SOME
    return _Effect.UNREAD


_INTERFACE = re.compile(r"[\w.-]+")


def _among(words: list[str], none: frozenset[str], every: frozenset[str]) -> _Effect:
    if not words or not none | every >= set(words):
        return _Effect.UNREAD
    return _Effect.ALL if every & set(words) else _Effect.NONE


def _of_addresses(words: list[str], *, sender: bool) -> _Effect:
    """Nobody else sends from the loopback, and nothing that is sent to many is for a port that is needed."""
    try:
        networks = [IPv4Network(word, strict=False) for word in words]
    except ValueError:
        return _Effect.UNREAD
    if any(network.prefixlen == 0 for network in networks):
        return _Effect.ALL
    if networks and all(
        network.is_loopback or network.is_multicast or network.is_unspecified for network in networks
    ):
        return _Effect.NONE
    # what is nearly all, or some addresses of the node, may be all that there is
    return (
        _Effect.SOME
        if sender and networks and all(network.prefixlen >= 8 for network in networks)
        else _Effect.UNREAD
    )
