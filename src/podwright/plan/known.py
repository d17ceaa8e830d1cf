"""A fact is a value, or unknown for a reason; never a default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Unknown:
    """A fact that could not be told, and why."""

    reason: str


Known: TypeAlias = Value | Unknown
