"""Instants and ages as text: for programs as ISO 8601, for a person to the minute; both UTC."""

from __future__ import annotations

from datetime import UTC, datetime

_UNITS = (("d", 86_400), ("h", 3_600), ("m", 60))


def iso(seconds: float) -> str:
    """`2026-11-30T16:20:07Z`; Unix seconds that no calendar has are its end."""
    return f"{_moment(seconds):%Y-%m-%dT%H:%M:%SZ}"


def minute(seconds: float) -> str:
    """`2026-11-30 16:20 UTC`."""
    return f"{_moment(seconds):%Y-%m-%d %H:%M} UTC"


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(min(max(seconds, 0), 253_402_300_799), UTC)


def age(seconds: float | None) -> str:
    """`90s`, `5m`, `7h`, `3d`."""
    if seconds is None:
        return "-"
    unit, size = next((one for one in _UNITS if seconds >= 2 * one[1]), ("s", 1))
    return f"{int(seconds / size)}{unit}"
