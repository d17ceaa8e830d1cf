"""Where a machine is in its network: its addresses, how packets leave it, and whether it knows its own name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address

from podwright.plan.facts import Network, Route
from podwright.plan.unknown_fact import Known, Unknown
from podwright.remote.node.availability import parse_addresses
from podwright.remote.node.records import Record

_ROUTE = re.compile(r"\S+(?: via (\S{1,45}))? dev (\S{1,15}) .*?src (\S{1,45})(?: .*)?", re.DOTALL)
_MOST = 500
_NOT_ASKED = Unknown("not asked for")
_NO_ROUTE = Unknown("it has no route for IPv4 packets to elsewhere")
#: of getent
_NOT_FOUND = "2"


def network_of(records: tuple[Record, ...], tools: tuple[str, ...]) -> Network:
    last = {record.kind: record for record in records}
    return Network(
        _addresses(last),
        _route(last, tools),
        _resolves(last.get("machine-resolved"), last),
    )


def _addresses(last: Mapping[str, Record]) -> Known[tuple[str, ...]]:
    """Without those that each interface makes for itself, of which a node has one a pod."""
    if "addresses" not in last:
        return _NOT_ASKED
    found = parse_addresses(last)
    if found is None:
        return Unknown("/proc/net/fib_trie is not there or empty")
    return tuple(one for one in found if not one.startswith("fe80:"))[:_MOST]


def _route(last: Mapping[str, Record], tools: tuple[str, ...]) -> Known[Route]:
    if "machine-route" not in last:
        return _NOT_ASKED if "ip" in tools else Unknown("there is no ip on the node")
    found = _ROUTE.fullmatch(last["machine-route"].text.strip())
    if found is None:
        return _NO_ROUTE
    try:
        gateway = str(ip_address(found[1])) if found[1] else ""
        return Route(str(ip_address(found[3])), found[2], gateway)
    except ValueError:
        return _NO_ROUTE


def _resolves(record: Record | None, last: Mapping[str, Record]) -> Known[bool]:
    if record is None:
        return _NOT_ASKED if "addresses" not in last else Unknown("it has no getent, or no host name")
    if record.words == "0" and record.text.strip():
        return True
    return False if record.words == _NOT_FOUND else Unknown("its resolver did not answer within 2 s")
