"""Reads fields of a fitted pod as Go sees them: an absent field is its type's zero value.

Fitting a document into the types of a Pod (`validation/go_types.py`) has seen to it that a field which is there has its
type, so nothing is asked again here: these functions run some two hundred times a manifest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from podwright.pods.go_values import Path

Record = Mapping[str, object]
_NOTHING: Record = {}
_NONE: Sequence[Record] = ()


def text(record: Record, name: str) -> str:
    return record.get(name, "")  # type: ignore[return-value]


def number(record: Record, name: str, otherwise: int = 0) -> int:
    value = record.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise


def flag(record: Record, name: str) -> bool:
    return record.get(name) is True


def child(record: Record, name: str) -> Record:
    """The object in this field, an empty one where it is absent; ask `name in record` to tell the two apart."""
    return record.get(name, _NOTHING)  # type: ignore[return-value]


def records(record: Record, name: str) -> Sequence[Record]:
    return record.get(name, _NONE)  # type: ignore[return-value]


def each(record: Record, name: str, path: Path) -> Iterator[tuple[Path, Record]]:
    """The objects of this list, each with its path."""
    for index, item in enumerate(records(record, name)):
        yield (*path, name, index), item


def each_container(spec: Record) -> Iterator[tuple[Path, Record]]:
    """Init containers, then containers, each with its path."""
    yield from each(spec, "initContainers", ("spec",))
    yield from each(spec, "containers", ("spec",))


def texts(record: Record, name: str) -> Sequence[str]:
    return record.get(name, ())  # type: ignore[return-value]


def numbers(record: Record, name: str) -> Sequence[int]:
    return record.get(name, ())  # type: ignore[return-value]


def pairs(record: Record, name: str) -> dict[str, str]:
    """A map with text values, as a copy."""
    return dict(record.get(name, _NOTHING))  # type: ignore[call-overload, no-any-return]
