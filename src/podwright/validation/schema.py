"""Which fields a Pod and a kubelet's configuration have in a version of Kubernetes, and their types."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from podwright.validation.versions import NEWEST_MINOR, OLDEST_MINOR

Types = Mapping[str, Mapping[str, str]]


@cache
def pod_types(minor: int) -> Types:
    """`{type: {field: type of the field}}` of the nearest version that we have schemas of."""
    return _types("pod", minor)


@cache
def kubelet_types(minor: int) -> Types:
    """The same of a `KubeletConfiguration`."""
    return _types("kubelet", minor)


def _types(document: str, minor: int) -> Types:
    nearest = min(max(minor, OLDEST_MINOR), NEWEST_MINOR)
    text = (Path(__file__).parent / "schemas" / f"{document}.json").read_text(encoding="utf-8")
    types: dict[str, dict[str, str]] = {}
    for name, fields in json.loads(text)["types"].items():
        types[name] = {field: kind for field, entry in fields.items() if (kind := _at(entry, nearest))}
    return types


def _at(entry: str | list[object], minor: int) -> str:
    if isinstance(entry, str):
        return entry
    kind, since, until = entry
    return str(kind) if int(str(since)) <= minor <= int(str(until)) else ""
