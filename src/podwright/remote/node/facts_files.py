"""Lines of a node's files, by the file's name; what is not among them is not there, or could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from podwright.plan.unknown_fact import Known, Unknown
from podwright.remote.node.records import Record

#: of all files together, and of one line's characters
MAX_LINES, MAX_LINE = 20_000, 16_384


class Texts(Struct, frozen=True):
    """`paths` are those that are there, `masked` links to nothing or to /dev/null; names are relative to the root."""

    lines: Mapping[str, tuple[str, ...]]
    unreadable: frozenset[str]
    paths: frozenset[str]
    masked: frozenset[str]

    def of(self, path: str) -> tuple[str, ...]:
        return self.lines.get(path, ())

    def word(self, path: str) -> Known[str]:
        """The first line, without spaces around it."""
        found = self.of(path)
        return found[0].strip() if found and found[0].strip() else self.why(path)

    def number(self, path: str) -> Known[int]:
        word = self.word(path)
        return word if isinstance(word, Unknown) else whole_number(word, path)

    def why(self, path: str) -> Unknown:
        """Why nothing of a file is known."""
        known = path in self.unreadable
        return Unknown(f"the login may not read /{path}" if known else f"/{path} is not there or empty")

    def matching(self, prefix: str, suffix: str = "") -> tuple[str, ...]:
        """The names of files with lines, sorted."""
        return tuple(sorted(name for name in self.lines if name.startswith(prefix) and name.endswith(suffix)))


def whole_number(word: str, what: str) -> Known[int]:
    if word.isascii() and word.isdigit() and len(word) <= 18:
        return int(word)
    return Unknown(f"`{word[:40]}` of {what} is not a number")


def texts_of(records: Iterable[Record]) -> Texts:
    """Read the records about files."""
    lines: dict[str, list[str]] = {}
    paths: dict[str, set[str]] = {"there": set(), "masked": set(), "unreadable": set()}
    for record in records:
        if record.kind == "machine-texts":
            for name, line in named_lines(record):
                lines.setdefault(name, []).append(line)
        elif record.kind == "machine-options":
            lines["proc/config.gz"] = list(_lines(record))
        elif record.kind in ("machine-paths", "machine-unread"):
            for line in _lines(record):
                state, _, path = line.partition(" ")
                paths.get(state, set()).add(path)
    found = {name: tuple(entries) for name, entries in lines.items()}
    return Texts(found, *(frozenset(paths[state]) for state in ("unreadable", "there", "masked")))


def named_lines(record: Record) -> Iterator[tuple[str, str]]:
    """`NAME:LINE`, as grep prints it."""
    for line in _lines(record):
        name, colon, text = line.partition(":")
        if colon:
            yield name, text


def _lines(record: Record) -> Iterator[str]:
    for line in record.text.split("\n")[:MAX_LINES]:
        if line:
            yield line[:MAX_LINE]


def body_lines(records: Iterable[Record], kind: str) -> tuple[str, ...] | None:
    """The lines of the record of a kind; None: there is none."""
    return next((tuple(_lines(record)) for record in records if record.kind == kind), None)
