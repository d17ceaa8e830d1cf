"""Reads what a node reports of its addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address

from podwright.remote.node.records import Record

_V4 = re.compile(r" *\|-- ([0-9.]{7,15})")
_V6 = re.compile(r"([0-9a-f]{32}) .*")


def parse_addresses(last: Mapping[str, Record]) -> tuple[str, ...] | None:
    """Each once, in its usual form; None if the node reported none at all, which no node has."""
    if "addresses" not in last:
        return None
    return tuple(dict.fromkeys(_addresses(last))) or None


def _addresses(last: Mapping[str, Record]) -> Iterator[str]:
    v6 = last["addresses-6"].text if "addresses-6" in last else ""
    for line in (*last["addresses"].text.splitlines(), *v6.splitlines()):
        found = _V4.fullmatch(line) or _V6.fullmatch(line)
        if found:
            try:
                yield str(ip_address(found[1] if "." in found[1] else bytes.fromhex(found[1])))
            except ValueError:
                continue
