"""API objects as JSON has them: their type, a copy, their text."""

from __future__ import annotations

import json
from typing import Any

#: Any JSON value. The shapes are Kubernetes' own and come from outside, so nothing narrower would be honest.
Json = Any
#: A JSON object whose names are known to the reader.
Object = dict[str, Any]


def clone(value: Json) -> Json:
    """Copy JSON; four times as fast as `copy.deepcopy`, which has to expect cycles."""
    if isinstance(value, dict):
        return {key: clone(part) for key, part in value.items()}
    if isinstance(value, list):
        return [clone(part) for part in value]
    return value


def copy_of(target: Object) -> Object:
    return {name: clone(value) for name, value in target.items()}


def as_json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
