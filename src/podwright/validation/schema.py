"""Which fields a Pod has in a version of Kubernetes, and their types: read from `schemas/pod.json`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources

OLDEST_MINOR, NEWEST_MINOR = 31, 37
DEFAULT_MINOR = 36
_VERSION = re.compile(r"v?1\.([0-9]{1,3})(?:[.+-].*)?")

Types = Mapping[str, Mapping[str, str]]


def minor_of(version: str | None) -> int | None:
    """The minor number of a Kubernetes version (`1.36`, `v1.36.2+k3s1`), None for text that is no such version."""
    match = _VERSION.fullmatch(version.strip()) if version else None
    return int(match[1]) if match else None


@cache
def pod_types(minor: int) -> Types:
    """`{type: {field: type of the field}}` of the nearest version that we have schemas of."""
    nearest = min(max(minor, OLDEST_MINOR), NEWEST_MINOR)
    text = resources.files("podwright.validation").joinpath("schemas/pod.json").read_text(encoding="utf-8")
    types: dict[str, dict[str, str]] = {}
    for name, fields in json.loads(text)["types"].items():
        types[name] = {field: kind for field, entry in fields.items() if (kind := _at(entry, nearest))}
    return types


def _at(entry: str | list[object], minor: int) -> str:
    if isinstance(entry, str):
        return entry
    kind, since, until = entry
    return str(kind) if int(str(since)) <= minor <= int(str(until)) else ""
