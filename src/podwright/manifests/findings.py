"""What the judge has to say about a manifest, one finding a problem."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule noticed: `severity` is error or warning, `path` as Kubernetes writes field paths.

    Line and column count from 1 in the judged text; None where no place is known.
    """

    rule: str
    severity: str
    path: str
    line: int | None
    column: int | None
    message: str
    hint: str = ""
