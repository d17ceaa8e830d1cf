"""Filters on mappings, as Ansible has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from podwright.expressions.errors import ExpressionError
from podwright.expressions.list_filters import flatten, is_list

_LIST_MERGES = ("replace", "keep", "append", "prepend", "append_rp", "prepend_rp")


def combine(*mappings: Any, recursive: bool = False, list_merge: str = "replace") -> Mapping[Any, object]:  # noqa: ANN401
    """Mappings in one, later ones win; those and the lists below them are merged as `list_merge` says."""
    if list_merge not in _LIST_MERGES:
        raise ExpressionError(f"`list_merge` is one of {', '.join(_LIST_MERGES)}")
    merged: Mapping[Any, object] = {}
    for mapping in flatten(mappings, levels=1):
        if not isinstance(mapping, Mapping):
            raise ExpressionError("`combine` merges mappings only")
        merged = _merged(merged, mapping, recursive, list_merge)
    return merged


def _merged(
    low: Mapping[Any, object], high: Mapping[Any, object], recursive: bool, list_merge: str
) -> dict[Any, object]:
    merged = dict(low)
    for key, value in high.items():
        below = merged.get(key)
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            merged[key] = _merged(below, value, recursive, list_merge) if recursive and below else value
        elif is_list(below) and is_list(value):
            merged[key] = _merged_lists(list(below), list(value), list_merge)
        else:
            merged[key] = value
    return merged


def _merged_lists(low: list[object], high: list[object], how: str) -> list[object]:
    if how in ("replace", "keep"):
        return high if how == "replace" else low
    rest = [item for item in low if item not in high] if how.endswith("_rp") else low
    return rest + high if how.startswith("append") else high + rest


def dict2items(
    mapping: Mapping[str, object], key_name: str = "key", value_name: str = "value"
) -> list[dict[str, object]]:
    if not isinstance(mapping, Mapping):
        raise ExpressionError("`dict2items` makes a list of a mapping only")
    return [{key_name: key, value_name: value} for key, value in mapping.items()]


def items2dict(
    items: Iterable[Mapping[str, object]], key_name: str = "key", value_name: str = "value"
) -> dict[object, object]:
    return {item[key_name]: item[value_name] for item in items}


def rekey_on_member(
    items: Mapping[object, Any] | Iterable[Any], key: str, duplicates: str = "error"
) -> dict[object, object]:
    """Mappings by the value that each has for `key`."""
    found: dict[object, object] = {}
    members: Iterable[Any] = items.values() if isinstance(items, Mapping) else items
    for item in members:
        if duplicates == "error" and item[key] in found:
            raise ExpressionError(f"`rekey_on_member`: two items have the same `{key[:60]}`")
        found[item[key]] = item
    return found
