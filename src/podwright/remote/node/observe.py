"""Looks at one node: its kubelet, its manifest folder and its runtime; changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from podwright.errors import HostError, HostileOutputError
from podwright.plan.observed import FileKind, FolderState, Observation, ObservedFile
from podwright.remote.host import Host, Output
from podwright.remote.node.crictl import parse_runtime
from podwright.remote.node.kubelet import kubelet_facts
from podwright.remote.node.programs import program
from podwright.remote.node.records import Record, new_nonce, read_records

OBSERVE_SECONDS = 60.0
#: no kubelet's folder has as many; more is a hostile or broken node
MAX_ENTRIES = 5_000
#: of one file; the kubelet refuses 10 MiB and more
MAX_FILE_BYTES = (10 << 20) + 1


_RunProgram = Callable[[str], Output]


def observe(
    node: str,
    host: Host,
    *,
    folder: str | None = None,
) -> Observation:
    """Look once at the kubelet, the folder and the runtime; a second time only if sh misread the folder's name.

    What the files mean depends on the kubelet's version: nothing is read out of them here.

    Raises HostError and its kinds.
    """
    run = partial(host.stream, timeout=OBSERVE_SECONDS, secret=False, watchdog=False)
    observation, looked_at = _look(node, run, folder or "")
    path = observation.kubelet.static_pod_path
    if folder is None and path and path != looked_at:
        observation, _ = _look(node, run, path)
    if folder is None and not path:
        # sh took something for the folder's name that the kubelet does not
        return replace(observation, folder="", folder_state=FolderState.UNKNOWN, files=())
    return observation


def _look(node: str, run: _RunProgram, folder: str) -> tuple[Observation, str]:
    try:
        return parse_observation(node, with_files_apart(_records(node, run, folder)))
    except TornError:
        return parse_observation(node, _records(node, run, folder, one_by_one="yes"))


def _records(node: str, run: _RunProgram, folder: str, one_by_one: str = "") -> tuple[Record, ...]:
    nonce = new_nonce()
    variables = {"nonce": nonce, "folder": folder.rstrip("/") or folder, "one_by_one": one_by_one}
    return read_records(node, nonce, b"".join(run(program("observe", variables, "observe"))))


class TornError(Exception):
    """The files changed while they were shown all at once."""


def with_files_apart(records: tuple[Record, ...]) -> tuple[Record, ...]:
    """Replace what observe.sh shows of all regular files at once by one `entry` for each, in the order of their names.

    Raises TornError where contents and sizes do not fit one another.
    """
    last = {record.kind: record for record in records}
    if "files" not in last:
        return records
    if "files-vanished" in last or last["files"].words != "0" or "contents" not in last:
        raise TornError
    listing = last["files"].body.decode("utf-8", "surrogateescape")
    apart = _apart(listing.removesuffix("\n").split("\n"), last["contents"].body)
    entries = [record for record in records if record.kind == "entry"]
    return (*(r for r in records if r.kind != "entry"), *sorted((*entries, *apart), key=_name))


def _apart(lines: list[str], contents: bytes) -> Iterator[Record]:
    start = 0
    for line in lines:
        try:
            *metadata, size, name = line.split(" ", 5)
            end = start + min(int(size), MAX_FILE_BYTES)
        except ValueError as error:
            raise TornError from error
        if end < start:
            raise TornError
        words = " ".join(("file", *metadata, name.removeprefix("./")))
        yield Record("entry", words, contents[start:end])
        start = end
    if start != len(contents):
        raise TornError


def _name(entry: Record) -> str:
    return entry.words.split(" ", 5)[-1]


def parse_observation(node: str, records: tuple[Record, ...]) -> tuple[Observation, str]:
    """What the records of observe.sh say, and the folder that sh looked at."""
    facts = kubelet_facts(records)
    last = {record.kind: record for record in records}
    folder = last["folder"].words if "folder" in last else ""
    pods_problem = _pods_problem(last)
    pods = None
    if not pods_problem:
        try:
            pods = parse_runtime(node, last["pods"].body, last["containers"].body)
        except HostileOutputError:
            # a witness that speaks in tongues is one that cannot be asked; the folder is none the less known
            pods_problem = "crictl's answer is not JSON"
    observation = Observation(
        node=node,
        node_name=facts.node_name,
        kubelet=facts,
        folder=folder,
        folder_state=_folder_state(last, folder),
        files=tuple(_files(node, records)),
        pods=pods,
        pods_problem=pods_problem,
        clock=_wall_clock(last.get("clock")),
    )
    return observation, folder


def _pods_problem(last: dict[str, Record]) -> str:
    if "pods" in last and "containers" in last:
        return ""
    if "runtime-failed" in last:
        return f"crictl failed: {_first_line(last['runtime-failed'].text)}"
    return "there is no crictl on the node"


def _first_line(text: str) -> str:
    stripped = text.strip()
    return stripped.splitlines()[0][:300] if stripped else "without a word"


def _folder_state(last: dict[str, Record], folder: str) -> FolderState:
    if not folder:
        return FolderState.UNKNOWN
    if "folder-missing" in last:
        return FolderState.MISSING
    if "folder-not-a-folder" in last or "folder-unreadable" in last:
        return FolderState.NOT_A_FOLDER
    return FolderState.READ_ONLY if "folder-read-only" in last else FolderState.USABLE


def _wall_clock(record: Record | None) -> float:
    if record is None:
        return 0.0
    try:
        return float(record.words.split()[1])
    except (ValueError, IndexError):
        return 0.0


def _files(node: str, records: tuple[Record, ...]) -> Iterator[ObservedFile]:
    gone = {record.words for record in records if record.kind == "entry-vanished"}
    unreadable = [record.words for record in records if record.kind == "entry-unreadable"]
    if unreadable:
        raise HostError(
            f"{node}: `{unreadable[0]}` in the manifest folder cannot be read, so which pod it defines is not known",
            hint="does the login lack rights? try `ansible_become: true`",
        )
    entries = [record for record in records if record.kind in ("entry", "unspeakable")]
    if len(entries) > MAX_ENTRIES:
        raise HostileOutputError(f"{node}: the manifest folder has over {MAX_ENTRIES} entries")
    for record in entries:
        file = _unspeakable(record) if record.kind == "unspeakable" else _file(node, record)
        if file.name not in gone:
            yield file


def _unspeakable(record: Record) -> ObservedFile:
    return ObservedFile(name=record.body.decode("utf-8", "surrogateescape"), kind=FileKind.OTHER)


def _file(node: str, record: Record) -> ObservedFile:
    try:
        kind, mode, owner, inode, mtime, name = record.words.split(" ", 5)
        metadata = (FileKind(kind), mode, owner, int(inode), int(mtime))
    except ValueError as error:
        raise HostileOutputError(f"{node}: its answer about the manifest folder cannot be read") from error
    if metadata[0] in (FileKind.REGULAR, FileKind.LINK):
        content = record.body
        return ObservedFile(name, *metadata, content, _sha256_of(content))
    return ObservedFile(name, *metadata)


def _sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
