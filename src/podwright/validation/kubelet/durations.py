"""Durations as Go's `time.ParseDuration` reads them: `20s`, `1h30m`, `1.5h`."""

from __future__ import annotations

import re
from fractions import Fraction

_UNITS = {
    "ns": Fraction(1, 10**9),
    "us": Fraction(1, 10**6),
    "µs": Fraction(1, 10**6),
    "μs": Fraction(1, 10**6),
    "ms": Fraction(1, 1000),
    "s": Fraction(1),
    "m": Fraction(60),
    "h": Fraction(3600),
}
_PART = re.compile(r"([0-9]*)(?:\.([0-9]*))?(ns|us|µs|μs|ms|s|m|h)")
_LONGEST_TEXT = 100
_LONGEST = Fraction(2**63, 10**9)


def seconds_of(text: str) -> Fraction | None:
    """The seconds of a duration; None for text that is not one."""
    sign, rest = (-1, text[1:]) if text.startswith("-") else (1, text.removeprefix("+"))
    if rest == "0":
        return Fraction(0)
    if not rest or len(rest) > _LONGEST_TEXT:
        return None
    total, at = Fraction(0), 0
    while at < len(rest):
        part = _PART.match(rest, at)
        if part is None or not (part[1] or part[2]):
            return None
        digits = part[2] or ""
        total += Fraction(int(part[1] + digits or "0"), 10 ** len(digits)) * _UNITS[part[3]]
        at = part.end()
    return sign * total if total < _LONGEST else None


def seconds(value: object) -> Fraction:
    """The seconds of a fitted duration, 0 for one that is not set."""
    return (seconds_of(value) if isinstance(value, str) else None) or Fraction(0)
