"""The journal of runs that write: a file of JSON lines a run, written as results come, so that a killed run is told too.

A line is the start, one node's result, or the end. Whoever reads takes what is whole: the last line of a run that was
killed may not be.
"""

from __future__ import annotations

import errno
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from podwright.errors import UsageError
from podwright.state.codec import from_document, to_document
from podwright.state.private_files import state_folder

MAX_RUNS = 200
MAX_RUN_BYTES = 16 << 20
MAX_BYTES = 256 << 20

RUN_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{6}")


class UnknownRunError(UsageError):
    """The journal has no such run."""


class Started(Struct, frozen=True):
    """What began: `at` is UTC as ISO 8601, `nodes` are all that were chosen."""

    run: str
    command: str
    operator: str
    at: str
    nodes: tuple[str, ...]


class NodeEntry(Struct, frozen=True):
    """What came of one node; `applied` is each write that was made there, in words."""

    node: str
    status: str
    failed: bool = False
    applied: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    seconds: float = 0.0


class Ended(Struct, frozen=True):
    """How the run ended: its exit code."""

    code: int
    at: str


Event = Started | NodeEntry | Ended
_NOT_REACHED = ("unreachable", "not-begun")
_EVENTS: dict[str, type[Event]] = {"started": Started, "node": NodeEntry, "ended": Ended}


class RecordedRun(Struct, frozen=True):
    """A run as the journal tells it; without `ended` it was killed, or goes on."""

    started: Started
    nodes: tuple[NodeEntry, ...] = ()
    ended: Ended | None = None

    @property
    def unreached(self) -> tuple[str, ...]:
        """Nodes that could not be reached, and of a run that ended those that it never came to."""
        found = {entry.node: entry for entry in self.nodes}
        return tuple(
            name
            for name in self.started.nodes
            if (found[name].status in _NOT_REACHED if name in found else self.ended)
        )

    @property
    def unknown(self) -> tuple[str, ...]:
        """Of a run that was killed or goes on, nodes without a result: it may have written there."""
        found = {entry.node for entry in self.nodes}
        return () if self.ended else tuple(name for name in self.started.nodes if name not in found)

    @property
    def failed(self) -> tuple[str, ...]:
        """Nodes that were reached and failed."""
        unreached = set(self.unreached)
        return tuple(entry.node for entry in self.nodes if entry.failed and entry.node not in unreached)

    @property
    def removed(self) -> Mapping[str, tuple[str, ...]]:
        """By node, the files that the run deleted for good: of these a node's history does not hold the run."""
        return {entry.node: _deleted(entry.applied) for entry in self.nodes}

    @property
    def changed(self) -> tuple[str, ...]:
        """Nodes that something was written on, whatever came of it."""
        return tuple(entry.node for entry in self.nodes if entry.applied)


def _deleted(applied: tuple[str, ...]) -> tuple[str, ...]:
    done = [one.partition(" ") for one in applied]
    back = {name for what, _, name in done if what in ("restored", "reverted")}
    return tuple(name for what, _, name in done if what == "deleted" and name not in back)


class Journal:
    """The file of the run that goes on. That it cannot be written any more is told once, and ends no run."""

    def __init__(self, folder: Path, started: Started, warn: Callable[[str], None]) -> None:
        self._path = folder / f"{started.run}.jsonl"
        self._warn = warn
        self._is_lost = False
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _make_room(folder)
        except OSError as error:
            self._lost(error)
        self.record(started)

    def record(self, event: Event) -> None:
        """Add what happened; nodes past the file's bound are left out, the run's end is not."""
        name = next(name for name, kind in _EVENTS.items() if isinstance(event, kind))
        line = json.dumps({"event": name, "value": to_document(event)}).encode() + b"\n"
        if self._is_lost:
            return
        try:
            handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            try:
                # a run that goes on has lines of its first part there
                before = os.fstat(handle).st_size
                if before + len(line) > MAX_RUN_BYTES and not isinstance(event, Ended):
                    return
                if os.write(handle, line) < len(line):
                    # a full disk took the beginning, onto which the next line would be written
                    os.ftruncate(handle, before)
                    raise OSError(errno.ENOSPC, "short write")
            finally:
                os.close(handle)
        except OSError as error:
            self._lost(error)

    def _lost(self, error: OSError) -> None:
        if not self._is_lost:
            self._is_lost = True
            reason = os.strerror(error.errno).lower() if error.errno else str(error)
            self._warn(f"this run is not in the journal: `{self._path}` cannot be written: {reason}")


def runs_folder(home: Path) -> Path:
    return state_folder(home) / "runs"


def _make_room(folder: Path) -> None:
    """Delete the oldest runs, so that one more fits within the bounds."""
    names = _runs(folder)
    room = MAX_BYTES - MAX_RUN_BYTES
    for position, name in enumerate(names):
        path = folder / f"{name}.jsonl"
        room -= path.stat().st_size if path.exists() else 0
        if position >= MAX_RUNS - 1 or room < 0:
            path.unlink(missing_ok=True)


def _runs(folder: Path) -> list[str]:
    """The ids of all runs, the newest first: an id begins with its time."""
    try:
        found = [path.stem for path in folder.iterdir() if path.suffix == ".jsonl"]
    except FileNotFoundError:
        return []
    return sorted((name for name in found if RUN_ID.fullmatch(name)), reverse=True)


def runs(folder: Path) -> Iterator[RecordedRun]:
    """All runs of the journal, the newest first; one whose start cannot be read is left out."""
    for name in _runs(folder):
        found = _read(folder / f"{name}.jsonl")
        if found:
            yield found


def run_named(folder: Path, name: str = "") -> RecordedRun:
    """The run of that id, or of its beginning if only one begins so; the newest by default. Raises UnknownRunError."""
    names = _runs(folder)
    matching = [one for one in names if one.startswith(name)][: 2 if name else 1]
    if len(matching) > 1 and name not in matching:
        raise UnknownRunError(
            f"several runs begin with `{name}`", "give the whole id: see `podwright runs list`"
        )
    found = _read(folder / f"{name if name in matching else matching[0]}.jsonl") if matching else None
    if found is None:
        what = f"the journal has no run `{name}`" if name else "the journal has no run yet"
        raise UnknownRunError(what, "see `podwright runs list`; a run is recorded once it may write")
    return found


def _read(path: Path) -> RecordedRun | None:
    try:
        with path.open("rb") as stream:
            lines = stream.read(MAX_RUN_BYTES + (1 << 16)).splitlines()
    except OSError:
        return None
    events = [event for event in map(_event, lines) if event is not None]
    started = next((event for event in events if isinstance(event, Started)), None)
    if started is None:
        return None
    # a node that failed after it was proven has a second entry, and so has each of a run that was gone on with
    nodes: dict[str, NodeEntry] = {}
    for event in events:
        if isinstance(event, Started):
            # whoever goes on with a run may have reached since what was not reached before
            for name in event.nodes:
                if name in nodes and nodes[name].status in _NOT_REACHED and not nodes[name].applied:
                    del nodes[name]
        if isinstance(event, NodeEntry):
            before = nodes[event.node].applied if event.node in nodes else ()
            nodes[event.node] = replace(event, applied=tuple(dict.fromkeys((*before, *event.applied))))
    return RecordedRun(started, tuple(nodes.values()), events[-1] if isinstance(events[-1], Ended) else None)


def _event(line: bytes) -> Event | None:
    """What a line tells; one that is not whole tells nothing."""
    try:
        document = json.loads(line)
        return from_document(_EVENTS[document["event"]], document["value"])
    except (ValueError, KeyError, TypeError):
        return None
