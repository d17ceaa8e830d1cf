"""Copies of values with other fields, whatever kind of value it is."""

from __future__ import annotations

import dataclasses
from typing import TypeVar

import msgspec

Value = TypeVar("Value")


def replace(value: Value, /, **changes: object) -> Value:
    """What `copy.replace` of later Pythons does, of a Struct or a dataclass."""
    made = msgspec.structs if isinstance(value, msgspec.Struct) else dataclasses
    return made.replace(value, **changes)  # type: ignore[type-var]
