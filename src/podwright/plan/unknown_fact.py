"""A fact is a value, or unknown for a reason; never a default."""

from __future__ import annotations

from typing import TypeAlias, TypeVar

from msgspec import Struct

Value = TypeVar("Value")


class Unknown(Struct, frozen=True):
    """A fact that could not be told, and why."""

    reason: str


Known: TypeAlias = Value | Unknown
