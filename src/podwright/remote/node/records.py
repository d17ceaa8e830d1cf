"""Reads what our programs report from a node: records framed by a line that only this run's nonce can make."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from msgspec import Struct

from podwright.errors import HostileOutputError
from podwright.remote.host import MAX_OUTPUT_BYTES

#: of one program: a day's watch has fewer
MAX_RECORDS = 200_000
#: of one observation: a folder's entries and a few more
MAX_OBSERVED_RECORDS = 20_000
_PIECE_BYTES = 256 << 10


class Record(Struct, frozen=True):
    """One record: its kind, the rest of its first line, and the bytes that followed."""

    kind: str
    words: str = ""
    body: bytes = b""

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


def new_nonce() -> str:
    """128 random bits, so that no file content on a node can pass for a record."""
    return secrets.token_hex(16)


class RecordReader:
    """Cuts a stream of bytes into records as they come; a record is whole once the next one begins."""

    def __init__(self, node: str, nonce: str, most: int = MAX_RECORDS) -> None:
        self._node, self._left = node, most
        self._mark = f"\n@{nonce} ".encode()
        self._parts: list[bytes] = []
        self._tail = b""
        self._begun = False
        self._size = 0

    def feed(self, chunk: bytes) -> Iterator[Record]:
        """Yield every record that `chunk` completes. Raises HostileOutputError for one that is too long."""
        *before, rest = (self._tail + chunk).split(self._mark)
        for part in before:
            yield from self._complete(part)
        # a mark may be cut by the end of a chunk: keep only as many bytes as it can hold back
        self._size = len(rest) if before else self._size + len(chunk)
        if self._size > MAX_OUTPUT_BYTES:
            raise HostileOutputError(f"{self._node}: an answer of over {MAX_OUTPUT_BYTES >> 20} MiB")
        keep = len(self._mark) - 1
        self._parts.append(rest[:-keep] if len(rest) > keep else b"")
        self._tail = rest[-keep:] if len(rest) > keep else rest

    def _complete(self, part: bytes) -> Iterator[Record]:
        whole = b"".join((*self._parts, part))
        self._parts = []
        if self._begun:
            yield self._record(whole)
        # what comes before the first mark is a login banner or a shell's message, not ours
        self._begun = True

    def finish(self) -> Iterator[Record]:
        """Yield the last record, once the stream has ended; any but `end` may have been cut short."""
        if self._begun:
            yield self._record(b"".join((*self._parts, self._tail)))
        self._parts, self._tail, self._begun = [], b"", False

    def _record(self, whole: bytes) -> Record:
        self._left -= 1
        if self._left < 0:
            raise HostileOutputError(f"{self._node}: its answer has too many records")
        first, _, body = whole.partition(b"\n")
        kind, _, words = first.partition(b" ")
        try:
            return Record(kind.decode("ascii"), words.decode("utf-8", "surrogateescape"), body)
        except UnicodeDecodeError as error:
            raise HostileOutputError(f"{self._node}: its answer is not one of our program's") from error


def read_records(node: str, nonce: str, output: bytes) -> tuple[Record, ...]:
    """Every record of a program that has ended; its last is `end`, or the answer was cut short.

    Raises HostileOutputError.
    """
    reader = RecordReader(node, nonce, MAX_OBSERVED_RECORDS)
    # piece by piece, so that a flood is refused before it is cut apart
    pieces = (output[start : start + _PIECE_BYTES] for start in range(0, len(output), _PIECE_BYTES))
    records = (*(record for piece in pieces for record in reader.feed(piece)), *reader.finish())
    if not records or records[-1].kind != "end":
        raise HostileOutputError(
            f"{node}: its answer was cut short",
            hint="run the same command again; if it is cut short again, see what sshd logs on the node",
        )
    return records
