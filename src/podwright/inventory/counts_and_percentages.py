"""So many, or so many in a hundred: how a person limits a run."""

from __future__ import annotations

import re
from typing import Self

from msgspec import Struct

_WRITTEN = re.compile(r"([0-9]{1,9})(%?)")


class Amount(Struct, frozen=True):
    """So many, or so many in a hundred."""

    number: int
    percent: bool = False

    @classmethod
    def read(cls, text: str) -> Self | None:
        """`3` or `25%`; None for other text."""
        match = _WRITTEN.fullmatch(text)
        return cls(int(match[1]), bool(match[2])) if match else None

    def of(self, total: int) -> int:
        """Of a percentage the number, rounded up."""
        return -(-self.number * total // 100) if self.percent else self.number

    def __str__(self) -> str:
        return f"{self.number}%" if self.percent else str(self.number)
