"""Reads what files.sh reports: what lies in the manifest folder, byte for byte."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from podwright.errors import HostError, HostileOutputError
from podwright.plan.observed import FileKind, FolderRights, FolderState, ObservedFile
from podwright.remote.node.records import Record

#: no kubelet's folder has as many; more is a hostile or broken node
MAX_ENTRIES = 5_000
#: of one file; the kubelet refuses 10 MiB and more
MAX_FILE_BYTES = (10 << 20) + 1


class TornError(Exception):
    """The files changed while they were reported all at once."""


def with_files_apart(records: tuple[Record, ...]) -> tuple[Record, ...]:
    """Replace what files.sh reports of all regular files at once by one `entry` for each, in the order of their names.

    Raises TornError if contents and sizes do not fit one another.
    """
    last = {record.kind: record for record in records}
    if "files" not in last:
        return records
    if "files-vanished" in last or last["files"].words != "0" or "contents" not in last:
        raise TornError
    if last["files"].body.count(b"\n") > MAX_ENTRIES:
        # one by one they are counted
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


def folder_state(last: Mapping[str, Record], folder: str) -> FolderState:
    """Of the last record of each kind, whether the folder can be used."""
    if not folder:
        return FolderState.UNKNOWN
    if "folder-missing" in last:
        return FolderState.MISSING
    if "folder-not-a-folder" in last:
        return FolderState.NOT_A_FOLDER
    if "folder-unreadable" in last:
        return FolderState.UNREADABLE
    if "folder-untrusted" in last:
        return FolderState.UNTRUSTED
    return FolderState.READ_ONLY if "folder-read-only" in last else FolderState.USABLE


def parse_rights(record: Record | None) -> FolderRights | None:
    """None if they are not known."""
    words = record.text.split() if record else []
    if len(words) != 6 or not all(word.isascii() and word.isdigit() and len(word) < 20 for word in words):
        return None
    mode, owner, changed, _, login, _ = words
    octal = len(mode) <= 5 and set(mode) <= set("01234567")
    return FolderRights(mode, owner, login, float(changed)) if octal else None


def parse_files(node: str, records: tuple[Record, ...]) -> Iterator[ObservedFile]:
    """Every entry of the folder. Raises HostError if one cannot be read, HostileOutputError if there are too many."""
    gone = {record.words for record in records if record.kind == "entry-vanished"}
    unreadable = [record.words for record in records if record.kind == "entry-unreadable"]
    if unreadable:
        raise HostError(
            f"{node}: `{unreadable[0]}` in the manifest folder cannot be read, so which pod it defines is not known",
            hint="set `ansible_become: true` if the login lacks rights",
        )
    entries = [record for record in records if record.kind in ("entry", "odd-name")]
    if len(entries) > MAX_ENTRIES:
        raise HostileOutputError(f"{node}: the manifest folder has over {MAX_ENTRIES} entries")
    links = {record.words: record for record in records if record.kind in ("link", "link-to-nothing")}
    noted = {tuple(record.words.partition(" ")[::2]) for record in records if record.kind == "adopted"}
    for record in entries:
        file = _odd_name(record) if record.kind == "odd-name" else _file(node, record)
        if link := links.get(file.name):
            file = replace(file, target=link.text, target_missing=link.kind == "link-to-nothing")
        if (file.sha256, file.name) in noted:
            file = replace(file, noted=True)
        if file.name not in gone:
            yield file


def _odd_name(record: Record) -> ObservedFile:
    return ObservedFile(name=record.body.decode("utf-8", "surrogateescape"), kind=FileKind.OTHER)


def _file(node: str, record: Record) -> ObservedFile:
    try:
        kind, mode, owner, inode, mtime, name = record.words.split(" ", 5)
        metadata = (FileKind(kind), mode, owner, int(inode), int(mtime))
    except ValueError as error:
        raise HostileOutputError(f"{node}: its answer about the manifest folder cannot be read") from error
    if metadata[0] in (FileKind.REGULAR, FileKind.LINK):
        content = record.body
        return ObservedFile(name, *metadata, content, hashlib.sha256(content).hexdigest())
    return ObservedFile(name, *metadata)
