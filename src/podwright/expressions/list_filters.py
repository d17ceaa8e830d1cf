"""Filters on lists and mappings, as Ansible has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from podwright.expressions.data_filters import to_json
from podwright.expressions.plain import text_of


def combine(
    first: Mapping[str, object], *others: Mapping[str, object], recursive: bool = False
) -> dict[str, object]:
    merged = dict(first)
    for other in others:
        for key, value in other.items():
            below = merged.get(key)
            if recursive and isinstance(below, Mapping) and isinstance(value, Mapping):
                merged[key] = combine(below, value, recursive=True)
            else:
                merged[key] = value
    return merged


def dict2items(
    mapping: Mapping[str, object], key_name: str = "key", value_name: str = "value"
) -> list[dict[str, object]]:
    return [{key_name: key, value_name: value} for key, value in mapping.items()]


def items2dict(
    items: Iterable[Mapping[str, object]], key_name: str = "key", value_name: str = "value"
) -> dict[object, object]:
    return {item[key_name]: item[value_name] for item in items}


def join(items: Iterable[object], separator: str = "", attribute: str | None = None) -> str:
    values = items if attribute is None else [item[attribute] for item in items]  # type: ignore[index]
    return separator.join(map(text_of, values))


def unique(items: Iterable[object]) -> list[object]:
    found: dict[object, object] = {}
    for item in items:
        found.setdefault(_mark(item), item)
    return list(found.values())


def union(first: Iterable[object], second: Iterable[object]) -> list[object]:
    return unique([*first, *second])


def intersect(first: Iterable[object], second: Iterable[object]) -> list[object]:
    kept = {_mark(item) for item in second}
    return [item for item in unique(first) if _mark(item) in kept]


def difference(first: Iterable[object], second: Iterable[object]) -> list[object]:
    dropped = {_mark(item) for item in second}
    return [item for item in unique(first) if _mark(item) not in dropped]


def _mark(item: object) -> object:
    """Something hashable that equals for equal items; 1 and true stay apart."""
    if isinstance(item, str | int | float | None):
        return type(item).__name__, item
    return "value", to_json(item, sort_keys=True)
