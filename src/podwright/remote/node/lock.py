"""The node's lock, which keeps two operators apart; lock.sh takes, extends and releases it.

It is a file that only one can make: `ID EXPIRY BOOT SINCE OWNER`, times in seconds since the node's start, so that no
clock that is set moves them. Who knows its id may extend or release it, so a later program, even another run's, can go
on with a lock that outlived the one that took it. A lock past its expiry, or of an earlier boot, is anybody's.

It lies in the state folder beside the watched one, `PARENT/.podwright/NAME/lock`, for the folder's real path: so two sites
that name the folder differently, or whose `podwright_state_dir` differ, still exclude each other. That variable moves
backups and what else is kept, never the lock. Only a bind mount, which has two real paths, can fool it. A node without a
manifest folder has its state in /var/lib/podwright.
"""

from __future__ import annotations

import re

from podwright.errors import HostileOutputError
from podwright.plan.observed import ObservedLock
from podwright.remote.node.records import Record

MAX_OWNER = 300
MAX_LINE_BYTES = 1000
#: seconds since the node's start
_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?")


def parse_lock(node: str, record: Record) -> ObservedLock:
    """A record about the lock: its words are the node's uptime, its body the lock's line, if it can be read.

    Raises HostileOutputError.
    """
    if not _NUMBER.fullmatch(record.words):
        raise HostileOutputError(f"{node}: its record `{record.kind}` has no number")
    now = float(record.words)
    lock_id, expiry, boot, since, owner, *_ = (*_line(record).split(" ", 4), *[""] * 5)
    return ObservedLock(
        id=lock_id if expiry else "",
        owner=owner[:MAX_OWNER] or "unknown",
        boot=boot,
        age=now - _seconds(since) if since else 0.0,
        left=_seconds(expiry) - now if expiry else 0.0,
    )


def _line(record: Record) -> str:
    return record.body[:MAX_LINE_BYTES].decode("utf-8", "replace").rstrip("\n")


def _seconds(word: str) -> float:
    return float(word) if _NUMBER.fullmatch(word) else 0.0
