"""Reads fields of a fitted pod as Go sees them: an absent field is its type's zero value.

Fitting a document into the types of a Pod (`validation/typed.py`) has seen to it that a field which is there has its
type, so nothing is asked again here: these functions run some two hundred times a manifest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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


def texts(record: Record, name: str) -> Sequence[str]:
    return record.get(name, ())  # type: ignore[return-value]


def numbers(record: Record, name: str) -> Sequence[int]:
    return record.get(name, ())  # type: ignore[return-value]


def pairs(record: Record, name: str) -> dict[str, str]:
    """A map with text values, as a copy."""
    return dict(record.get(name, _NOTHING))  # type: ignore[call-overload, no-any-return]
