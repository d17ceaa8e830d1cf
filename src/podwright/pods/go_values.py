"""Values as Go's decoders hand them on: plain maps and lists that also know where in the text they stood."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, Protocol

from msgspec import Struct

Path = tuple[str | int, ...]


class UnreadableError(Exception):
    """Bytes that Go's YAML or JSON decoder would refuse; line and column count from 1 where known."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


class Spot(Protocol):
    """A place in the text as the parser has it: line and column count from 0. There is one for every value."""

    @property
    def line(self) -> int: ...

    @property
    def column(self) -> int: ...


class Mark(NamedTuple):
    """A place in the text for a person: line and column count from 1."""

    line: int
    column: int


def mark_of(spot: Spot) -> Mark:
    return Mark(spot.line + 1, spot.column + 1)


class GoMap(dict[str, object]):
    """A mapping that remembers where it stood, and where each key and its value did."""

    __slots__ = ("spot", "spots")

    def __init__(self, spot: Spot) -> None:
        super().__init__()
        self.spot = spot
        self.spots: dict[str, tuple[Spot, Spot]] = {}


class GoList(list[object]):
    """A sequence that remembers where it and its items stood."""

    __slots__ = ("spot", "spots")

    def __init__(self, spot: Spot) -> None:
        super().__init__()
        self.spot = spot
        self.spots: list[Spot] = []


class Repeated(Struct, frozen=True):
    """A key that stands twice in one mapping; the kubelet takes the last."""

    key: str
    mark: Mark
    first: Mark


class Decoded(Struct, frozen=True):
    """The first document of a file as Go sees it, and what a reader could overlook in it.

    `more_documents`: the text goes on with a document that the kubelet never reads.
    """

    value: object
    repeated: tuple[Repeated, ...] = ()
    more_documents: bool = False


def locate(value: object, path: Path, *, key: bool = False) -> Mark | None:
    """Where the value at `path` stands (with `key`, its key); a missing one stands where its parent does."""
    spot: Spot | None = getattr(value, "spot", None)
    for position, step in enumerate(path):
        last = position == len(path) - 1
        if isinstance(value, GoMap) and isinstance(step, str) and step in value:
            spot, value = value.spots[step][0 if key and last else 1], value[step]
        elif isinstance(value, GoList) and isinstance(step, int) and step < len(value):
            spot, value = value.spots[step], value[step]
        else:
            break
    return mark_of(spot) if spot is not None else None


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
