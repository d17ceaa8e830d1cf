"""Reads what switch_pending.sh reports: the dead-man switches of a node, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from podwright.lazy_pattern import lazy_pattern
from podwright.plan.pending import Pending, SwitchState
from podwright.plan.writes import NOTHING
from podwright.remote.node.records import Record

MAX_WHO = 300
#: what is there if systemd runs, and where the units lie that it starts with the node
SYSTEMD = {"systemd_dir": "/run/systemd/system", "unit_dir": "/etc/systemd/system"}
_STATES = {
    "armed": SwitchState.ARMED,
    "left": SwitchState.LEFT,
    # by a run that was killed before it could note it
    "confirmed": SwitchState.CONFIRMED,
}
ENDS = {
    "reverted": SwitchState.FIRED,
    "superseded": SwitchState.SUPERSEDED,
    "confirmed": SwitchState.CONFIRMED,
}
_SUM = rf"(?:[0-9a-f]{{64}}|{NOTHING})"
_RUN = r"[0-9A-Za-z-]{1,64}"
_HEAD = lazy_pattern(rf"([0-9]{{1,12}}(?:\.[0-9]{{1,9}})?) (armed|left|confirmed) ({_RUN})")
#: when its time is over, the boot, for how many seconds it was armed, who began the run
_ARMED = lazy_pattern(r"([0-9]{1,12}) (\S+) [0-9]{1,9} (.*)")
#: what lay there, what is to lie there again, the revision, what the run writes, the file
_ENTRY = lazy_pattern(rf"{_SUM} {_SUM} \S+ ({_SUM}(?:,{_SUM})*) (.+)")
#: when, how it ended, the run, what lies there since, the file
_ENDED = lazy_pattern(rf"([0-9]{{1,12}}) (reverted|superseded|confirmed) ({_RUN}) ({_SUM}) (.+)")


def parse_pending(records: Iterable[Record]) -> Iterator[Pending]:
    """What is not of our form is left out: a switch that is being made is not armed yet."""
    for record in records:
        if record.kind == "switch":
            yield from _waiting(record)
        elif record.kind == "switched":
            yield from _ended(record.text.splitlines())


def _waiting(record: Record) -> Iterator[Pending]:
    head = _HEAD.fullmatch(record.words)
    first, *lines = record.text.splitlines() or [""]
    armed = _ARMED.fullmatch(first)
    if not head or not armed:
        return
    for line in lines:
        if entry := _ENTRY.fullmatch(line):
            yield Pending(
                head[3],
                entry[2],
                _STATES[head[2]],
                who=armed[3][:MAX_WHO],
                left=max(0.0, float(armed[1]) - float(head[1])),
                sha256s=tuple(entry[1].split(",")),
            )


def _ended(lines: Iterable[str]) -> Iterator[Pending]:
    """Of each file the last one."""
    found = (match for line in lines if (match := _ENDED.fullmatch(line)))
    last = {match[5]: match for match in found}
    for name, (at, word, run, lies_there) in ((name, match.groups()[:4]) for name, match in last.items()):
        yield Pending(run, name, ENDS[word], at=int(at), sha256s=(lies_there,))
