"""Values as Go's decoders hand them on: plain maps and lists that also know where in the text they stood."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

Path = tuple[str | int, ...]


class UnreadableError(Exception):
    """Bytes that Go's YAML or JSON decoder would refuse; line and column count from 1 where known."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


class Mark(NamedTuple):
    """A place in the text; line and column count from 1. There is one for every value, so it is a plain tuple."""

    line: int
    column: int


class GoMap(dict[str, object]):
    """A mapping that remembers where its keys and values stood (`keys_at`, `values_at`, by key)."""

    __slots__ = ("keys_at", "mark", "values_at")

    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self.mark = mark
        self.keys_at: dict[str, Mark] = {}
        self.values_at: dict[str, Mark] = {}


class GoList(list[object]):
    """A sequence that remembers where its items stood."""

    __slots__ = ("mark", "values_at")

    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self.mark = mark
        self.values_at: list[Mark] = []


@dataclass(frozen=True, slots=True)
class Repeated:
    """A key that stands twice in one mapping; the kubelet takes the last."""

    key: str
    mark: Mark
    first: Mark


@dataclass(frozen=True, slots=True)
class Decoded:
    """The first document of a file as Go sees it, and what a reader could overlook in it.

    `more_documents` says that the text goes on with a document that the kubelet never reads.
    """

    value: object
    repeated: tuple[Repeated, ...] = ()
    more_documents: bool = False
    is_json: bool = False


def locate(value: object, path: Path, *, key: bool = False) -> Mark | None:
    """Where the value at `path` stands (with `key`, its key); a missing one stands where its parent does."""
    mark = getattr(value, "mark", None)
    for position, step in enumerate(path):
        last = position == len(path) - 1
        if isinstance(value, GoMap) and isinstance(step, str) and step in value:
            places = value.keys_at if key and last else value.values_at
            mark, value = places.get(step, mark), value[step]
        elif isinstance(value, GoList) and isinstance(step, int) and step < len(value):
            mark, value = value.values_at[step], value[step]
        else:
            break
    return mark


def plain(value: object) -> object:
    """Return the value as built-in dicts and lists, without places; shared parts are copied."""
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def walk(value: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """Every value in the tree with its path, outermost first."""
    yield path, value
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from walk(item, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from walk(item, (*path, index))
