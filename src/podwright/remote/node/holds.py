"""Reads the holds of a node that lock.sh shows, and has holds.sh record one, or end some."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator

from podwright.errors import HostError
from podwright.lazy_pattern import lazy_pattern
from podwright.plan.holds import Hold
from podwright.plan.observed import Observation
from podwright.remote.host import Host
from podwright.remote.node.programs import program
from podwright.remote.node.records import Record, new_nonce, read_records

MAX_WORDS = 300
#: of one node; more than anybody holds at once
MAX_HOLDS = 200
_SECONDS = 30.0
#: of the whole node; no workload has a name like it
_NODE = "_node"
_NAME = lazy_pattern(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,199}}|{_NODE}")
_LINE = lazy_pattern(rf"([0-9]{{1,12}}) ([0-9]{{1,12}}) (\S{{1,{MAX_WORDS}}}) (.{{1,{MAX_WORDS}}})")


def parse_holds(records: Iterable[Record]) -> Iterator[Hold]:
    """What is not of our form holds nothing; what lies on the node twice is one."""
    for record in [*dict.fromkeys(record for record in records if record.kind == "hold")][:MAX_HOLDS]:
        line = _LINE.fullmatch(record.text.rstrip("\n"))
        if line and _NAME.fullmatch(record.words):
            until, since = int(line[1]), int(line[2])
            workload = "" if record.words == _NODE else record.words
            yield Hold(workload, line[3], line[4], since, until, _in_words(until))


def _in_words(seconds: int) -> str:
    from datetime import UTC, datetime

    return f"{datetime.fromtimestamp(min(seconds, 253_402_300_799), UTC):%Y-%m-%d %H:%M} UTC"


def record_holds(host: Host, observation: Observation, holds: tuple[Hold, ...]) -> tuple[Hold, ...]:
    """On the node's disk when it returns; those of others in whose place they would be, which stay.

    Raises HostError and its kinds.
    """
    return _run(host, observation, [shlex.join(("hold_on", _name(hold), _line(hold))) for hold in holds])


def end_holds(host: Host, observation: Observation, holds: Iterable[Hold]) -> None:
    """Gone from the node's disk when it returns. Raises HostError and its kinds."""
    _run(host, observation, [shlex.join(("hold_off", *map(_name, holds)))])


def _name(hold: Hold) -> str:
    return hold.workload or _NODE


def _line(hold: Hold) -> str:
    who, reason = "_".join(hold.who.split()), " ".join(hold.reason.split())
    return f"{hold.until} {hold.since} {who[:MAX_WORDS]} {reason[:MAX_WORDS]}"


def _run(host: Host, observation: Observation, calls: Iterable[str]) -> tuple[Hold, ...]:
    node, nonce = observation.node, new_nonce()
    variables = {"nonce": nonce, "folder": observation.folder}
    text = program(
        ("path_trust", "lock", "holds"), variables, ["record begin 1", *calls, "record end", "flush"]
    )
    output = b"".join(host.stream(text, timeout=_SECONDS, watchdog=False))
    records = read_records(node, nonce, output)
    for record in records:
        if record.kind == "hold-failed":
            raise HostError(
                f"{node}: podwright's own folder on the node cannot be written to: {record.text.strip()[:300]}",
                hint="set `ansible_become: true`, or see why on the node: `ls -ld` of that folder",
            )
    return tuple(parse_holds(records))
