"""What becomes of packets that meet rules one after the other: open is only what surely is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from podwright.plan.firewall_rules import PacketRules
from podwright.remote.node.facts_firewall_matches import Match

_MOST_OPENED, _MOST_NOT_READ = 500, 20
_ALL = Match()


class Rule(Struct, frozen=True):
    """`verdict`: `accept`, `refuse`, or what else it does, which is not evaluated; `harmless` if that takes no packet for a
    port that is needed."""

    verdict: str
    match: Match = _ALL
    text: str = ""
    harmless: bool = False


def chain(source: str, refuses: bool, rules: Iterable[Rule]) -> PacketRules:
    taken = {protocol: bytearray(100_000) for protocol in ("tcp", "udp")}
    opened: list[str] = []
    not_read: list[str] = []
    narrowed = False
    for rule in (*rules, Rule("refuse" if refuses else "accept")):
        match = rule.match
        sure = match.read and not (narrowed and match.some)
        if not match.ports:
            continue
        if rule.verdict == "accept" and sure:
            opened += (left for entry in match.ports for left in _left(entry, taken))
        elif rule.verdict == "refuse" and match.read and match.some:
            narrowed = True
        else:
            if rule.verdict not in ("accept", "refuse") or not sure:
                not_read.append(rule.text)
            if rule.verdict != "accept" and not rule.harmless:
                _take(match.ports, taken)
        if match == _ALL and rule.verdict in ("accept", "refuse"):
            refuses = rule.verdict == "refuse"
            break
    opened = list(dict.fromkeys(opened))
    if len(opened) > _MOST_OPENED:
        not_read.insert(0, f"more than {_MOST_OPENED} ports")
    return PacketRules(
        source, refuses, tuple(opened[:_MOST_OPENED]), tuple(dict.fromkeys(not_read))[:_MOST_NOT_READ]
    )


def _bounds(entry: str) -> tuple[int, int, str]:
    ports, _, protocol = entry.partition("/")
    first, _, last = ports.partition("-")
    return int(first), int(last or first), protocol


def _take(entries: Iterable[str], taken: dict[str, bytearray]) -> None:
    for first, last, protocol in map(_bounds, entries):
        taken[protocol][first : last + 1] = b"\1" * max(0, last + 1 - first)


def _left(entry: str, taken: dict[str, bytearray]) -> Iterator[str]:
    """What no rule before took, of `30000-32767/tcp`."""
    first, last, protocol = _bounds(entry)
    while 0 <= first <= last:
        found = taken[protocol].find(1, first, last + 1)
        end = last if found < 0 else found - 1
        if end >= first:
            yield f"{first}/{protocol}" if first == end else f"{first}-{end}/{protocol}"
        first = taken[protocol].find(0, end + 1, last + 1)
