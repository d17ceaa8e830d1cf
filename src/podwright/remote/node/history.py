"""Writes and reads what history.sh keeps on a node: a line that says what a revision is, then its bytes."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from msgspec import Struct
from msgspec.structs import replace

from podwright.errors import HostileOutputError
from podwright.plan.history import Fate, Revision
from podwright.plan.observed import Observation
from podwright.remote.host import Host
from podwright.remote.node.programs import program
from podwright.remote.node.records import Record, new_nonce, read_records

FATE_SECONDS = 30.0
MAX_HEADER_BYTES = 64 << 10
#: a revision and what came of it are two
MAX_FILES = 10_000
#: of a file's name: the generation in figures that sort by themselves, the bytes of the content, the run
_FILE = re.compile(r"([0-9]{12,18})\.([0-9]{1,9})\.([0-9A-Za-z-]{1,64})")
#: of a run's own words, which a node's history shows to others
MAX_WORDS = 1000
#: the end of the year 9999
MAX_TIME = 253_402_300_800


def file_name(revision: Revision) -> str:
    return f"{revision.number:012d}.{len(revision.content)}.{revision.run or 'found'}"


def header(revision: Revision) -> str:
    """The first line of its file."""
    words = {
        "digest": revision.digest,
        "sha256": hashlib.sha256(revision.content).hexdigest(),
        "images": list(revision.images),
        "who": revision.who,
        "when": revision.when,
        "run": revision.run,
        "command": revision.command,
        "why": revision.why[:MAX_WORDS],
        "created": revision.created,
    }
    return json.dumps(words)


def keep_calls(
    revisions: Mapping[int, Revision], found: Iterable[Revision], taken_over: Iterable[Revision], nonce: str
) -> Iterator[str]:
    """What the apply program does before its first rename; `revisions` by the key of their write."""
    copies = [*(("keep_found", one) for one in found), *(("keep_copy", one) for one in taken_over)]
    if revisions or copies:
        yield "find_history"
    for call, revision in copies:
        yield shlex.join((call, revision.name, file_name(revision), header(revision)))
    for key, revision in revisions.items():
        text = f"{header(revision)}\n{revision.content.decode()}"
        words = shlex.join(("keep", str(key), revision.name, file_name(revision)))
        yield f"{words} <<'{nonce}' || fail state-dir 'the shell has no room for it'\n{text}{nonce}"


class Fates(Struct, frozen=True):
    """What came of what one run wrote on a node: for each fate and proof, of which revisions."""

    state_dir: str
    of: tuple[tuple[Fate, Mapping[str, object], tuple[Revision, ...]], ...]


def record_fates(host: Host, observation: Observation, fates: Fates) -> bool:
    """On the node's disk when it returns; False if the node could not. Raises HostError and its kinds."""
    nonce = new_nonce()
    variables = {"nonce": nonce, "folder": observation.folder, "state_dir": fates.state_dir}
    calls = (
        shlex.join(("fate", str(fate), json.dumps(proof), *(f"{one.name}/{file_name(one)}" for one in kept)))
        for fate, proof, kept in fates.of
    )
    text = program(("lock", "history"), variables, ["record begin 1", *calls, "record end", "flush"])
    output = b"".join(host.stream(text, timeout=FATE_SECONDS, watchdog=False))
    return all(record.kind != "fate-failed" for record in read_records(observation.node, nonce, output))


def record_aborted(host: Host, observation: Observation, state_dir: str, run: str) -> bool:
    """On the node's disk when it returns; False if the node could not. Raises HostError and its kinds."""
    return not _asked_of_history(host, observation, state_dir, shlex.join(("abort_run", run)))


def is_aborted(host: Host, observation: Observation, state_dir: str, run: str) -> bool:
    """Whether somebody has aborted the run. Raises HostError and its kinds."""
    records = _asked_of_history(host, observation, state_dir, "observe_aborted")
    return run in parse_aborted(records)


def _asked_of_history(host: Host, observation: Observation, state_dir: str, call: str) -> tuple[Record, ...]:
    nonce = new_nonce()
    variables = {"nonce": nonce, "folder": observation.folder, "state_dir": state_dir}
    text = program(("lock", "history"), variables, ["record begin 1", call, "record end", "flush"])
    output = b"".join(host.stream(text, timeout=FATE_SECONDS, watchdog=False))
    found = read_records(observation.node, nonce, output)
    return tuple(record for record in found if record.kind in ("aborted", "abort-failed"))


def parse_aborted(records: Iterable[Record]) -> tuple[str, ...]:
    return tuple(record.words for record in records if record.kind == "aborted")


def parse_history(node: str, records: Iterable[Record]) -> tuple[Revision, ...] | None:
    """Every whole revision; what is torn, or not of our form, is none. None: the history could not be read.

    Raises HostileOutputError for more files than any history has: each revision is judged.
    """
    files, readable = {}, False
    for record in records:
        match record.kind:
            case "history":
                readable = True
            case "revision":
                files[record.words] = record.body
    if len(files) > MAX_FILES:
        raise HostileOutputError(f"{node}: its history has over {MAX_FILES} files")
    if not readable:
        return None
    found = (_revision(path, body) for path, body in files.items())
    return tuple(
        _with_fate(path, revision, files) for path, revision in zip(files, found, strict=True) if revision
    )


def parse_newest(records: Iterable[Record]) -> tuple[tuple[str, int], ...]:
    """The name and the number of the newest revision of each file that was asked for."""
    found = (record.words.partition("/") for record in records if record.kind == "newest")
    return tuple((name, int(match[1])) for name, _, file in found if (match := _FILE.fullmatch(file)))


def parse_changes(records: Iterable[Record]) -> tuple[Revision, ...]:
    """The newest revision of each file, without its content."""
    found = (_revision(one.words, one.body, whole=False) for one in records if one.kind == "change")
    return tuple(filter(None, found))


def parse_unproven(records: Iterable[Record]) -> tuple[Revision, ...]:
    """The newest revision of each file that was asked for, unless it is known to be good or was taken back."""
    found = (_revision(record.words, record.body) for record in records if record.kind == "unproven")
    return tuple(filter(None, found))


def parse_outcomes(records: Iterable[Record]) -> tuple[Revision, ...]:
    """What came of the revisions of each file of which one was taken back; their contents were not asked for."""
    files = {record.words: record.body for record in records if record.kind == "outcome"}
    found = ((path, _revision(path, body, whole=False)) for path, body in files.items())
    return tuple(_with_fate(path, revision, files) for path, revision in found if revision)


def _revision(path: str, body: bytes, *, whole: bool = True) -> Revision | None:
    name, _, file = path.partition("/")
    match = _FILE.fullmatch(file)
    first, _, content = body.partition(b"\n")
    if match is None or len(first) > MAX_HEADER_BYTES or (whole and len(content) != int(match[2])):
        return None
    words = _object(first)
    if whole and words.get("sha256") not in (hashlib.sha256(content).hexdigest(), None):
        return None
    images = words.get("images")
    return Revision(
        name,
        int(match[1]),
        content,
        digest=_text(words, "digest"),
        images=tuple(filter(None, map(str, images))) if isinstance(images, list) else (),
        who=_text(words, "who"),
        when=_text(words, "when"),
        run=_text(words, "run"),
        command=_text(words, "command"),
        why=_text(words, "why"),
        created=words.get("created") is True,
    )


def _with_fate(path: str, revision: Revision, files: Mapping[str, bytes]) -> Revision:
    """One that was taken back had been proven or not; what was recorded last counts."""
    for fate in (Fate.WITHDRAWN, Fate.REVERTED, Fate.REGRESSED, Fate.FAILED, Fate.GOOD):
        if f"{path}.{fate}" in files:
            words = _object(files[f"{path}.{fate}"])
            at = words.get("at")
            proven_at = at if isinstance(at, int) and 0 < at < MAX_TIME else 0
            return replace(revision, fate=fate, proof=_text(words, "proof"), proven_at=proven_at)
    return revision


def _object(text: bytes) -> Mapping[str, object]:
    with suppress(ValueError, RecursionError):
        value = json.loads(text[: MAX_HEADER_BYTES + 1])
        if isinstance(value, dict):
            return value
    return {}


def _text(words: Mapping[str, object], key: str) -> str:
    value = words.get(key)
    return value[:MAX_WORDS] if isinstance(value, str) else ""
