"""Reads the records of the apply program as events."""

from __future__ import annotations

import math
import re

from podwright.errors import HostileOutputError
from podwright.plan import events
from podwright.plan.events import Event
from podwright.remote.node.crictl import parse_runtime
from podwright.remote.node.files import MAX_ENTRIES
from podwright.remote.node.lock import parse_lock
from podwright.remote.node.records import Record

MAX_JOURNAL_BYTES = 64 << 10


class EventReader:
    """Turns one program's records, in their order, into events; keeps the pods until their containers come."""

    def __init__(self, node: str) -> None:
        self._node = node
        self._pods = Record("pods")

    def read(self, record: Record) -> Event | None:
        """The event that `record` stands for; None when it only opens or prepares one. Raises HostileOutputError."""
        match record.kind:
            case "begin" | "alive" | "reverted" | "superseded" | "fate-failed":
                return None
            case "pods":
                self._pods = record
                return None
            case "containers":
                return self._runtime(record)
            case "runtime-missing":
                return events.RuntimeUnavailable("there is no crictl on the node")
            case "runtime-failed":
                return events.RuntimeUnavailable(f"crictl failed: {record.text.strip()[:300]}")
            case "runtime-untrusted":
                return events.RuntimeUnavailable(
                    f"others can change the runtime's socket: {record.text.strip()[:300]}"
                )
            case "files":
                if record.body.count(b"\n") > MAX_ENTRIES:
                    raise HostileOutputError(
                        f"{self._node}: the manifest folder has over {MAX_ENTRIES} entries"
                    )
                return events.FilesSeen(_sums(record))
        return self._step(record)

    def _step(self, record: Record) -> Event:
        """What the program did, or could not do."""
        match record.kind:
            case "written":
                return events.Written(*self._time_and_name(record))
            case "deleted":
                return events.Deleted(*self._time_and_name(record))
            case "adopted" | "given-up":
                return events.Owned(record.words, record.kind == "adopted")
            case "second":
                return events.SecondWritten(*self._time_and_name(record))
            case "second-skipped":
                return events.SecondSkipped(record.words)
            case "second-late":
                return events.SecondLate(record.words)
            case "restored":
                return events.Restored(*self._time_and_name(record))
            case "stands":
                return events.Stands(record.words)
            case "refused":
                return events.Refused(record.words, record.text.strip())
            case "failed":
                return events.StepFailed(record.words, record.text.strip())
            case "lock-awaited":
                return events.LockAwaited(parse_lock(self._node, record))
            case "locked":
                return events.LockHeld(parse_lock(self._node, record))
        return self._sign(record)

    def _sign(self, record: Record) -> Event:
        """How far the program is."""
        match record.kind:
            case "clock":
                uptime, wall = self._numbers(record, 2)
                return events.ClockRead(uptime, wall)
            case "started":
                return events.Started(*self._numbers(record, 1))
            case "tick":
                return events.Ticked(*self._numbers(record, 2))
            case "unconfirmed":
                return events.Unconfirmed()
            case "unlocked":
                return events.Unlocked()
            case "kubelet-gone":
                return events.KubeletGone()
            case "journal":
                return events.JournalRead(record.body[-MAX_JOURNAL_BYTES:].decode("utf-8", "replace"))
            case "end":
                return events.Ended()
        raise HostileOutputError(f"{self._node}: its answer has an unknown record")

    def _runtime(self, record: Record) -> Event:
        [uptime], [asked] = self._numbers(record, 1), self._numbers(self._pods, 1)
        try:
            pods = parse_runtime(self._node, self._pods.body, record.body)
            return events.RuntimeSeen(uptime, pods, asked)
        except HostileOutputError as error:
            return events.RuntimeUnavailable(str(error).removeprefix(f"{self._node}: "))

    def _time_and_name(self, record: Record) -> tuple[float, str]:
        [uptime] = self._numbers(record, 1)
        return uptime, record.words.partition(" ")[2]

    def _numbers(self, record: Record, count: int) -> tuple[float, ...]:
        try:
            found = tuple(float(word) for word in record.words.split()[:count])
        except ValueError:
            found = ()
        if len(found) < count or not all(math.isfinite(number) for number in found):
            raise HostileOutputError(f"{self._node}: its record `{record.kind}` has no number")
        return found


def _sums(record: Record) -> dict[str, str]:
    """The lines of `sha256sum`: 64 hex digits, two characters, the name; a backslash before all marks an escaped name."""
    sums = {}
    for line in record.body.decode("utf-8", "surrogateescape").split("\n"):
        escaped = line.startswith("\\")
        digest, name = line[escaped : 64 + escaped], line[66 + escaped :]
        if len(digest) == 64 and name:
            sums[_unescaped(name) if escaped else name] = digest
    return sums


def _unescaped(name: str) -> str:
    return re.sub(r"\\([\\nr])", lambda match: {"n": "\n", "r": "\r"}.get(match[1], "\\"), name)
