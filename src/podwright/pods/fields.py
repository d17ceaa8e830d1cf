"""Reads fields of a fitted pod as Go sees them: an absent field is its type's zero value."""

from __future__ import annotations

from collections.abc import Mapping

Record = Mapping[str, object]
_NOTHING: Record = {}


def text(record: Record, name: str) -> str:
    value = record.get(name)
    return value if isinstance(value, str) else ""


def number(record: Record, name: str, otherwise: int = 0) -> int:
    value = record.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise


def flag(record: Record, name: str) -> bool:
    return record.get(name) is True


def child(record: Record, name: str) -> Record:
    """The object in this field, an empty one where it is absent; ask `name in record` to tell the two apart."""
    value = record.get(name)
    return value if isinstance(value, Mapping) else _NOTHING


def records(record: Record, name: str) -> list[Record]:
    value = record.get(name)
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def texts(record: Record, name: str) -> list[str]:
    value = record.get(name)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def numbers(record: Record, name: str) -> list[int]:
    value = record.get(name)
    return [item for item in value if isinstance(item, int)] if isinstance(value, list) else []


def pairs(record: Record, name: str) -> dict[str, str]:
    """A map with text values."""
    return {key: value for key, value in child(record, name).items() if isinstance(value, str)}
