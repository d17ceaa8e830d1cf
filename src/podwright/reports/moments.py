"""Instants as text: for programs as ISO 8601, for a person to the minute; both UTC."""

from __future__ import annotations

from datetime import UTC, datetime


def iso(seconds: float) -> str:
    """`2026-11-30T16:20:07Z`; Unix seconds that no calendar has are its end."""
    return f"{_moment(seconds):%Y-%m-%dT%H:%M:%SZ}"


def minute(seconds: float) -> str:
    """`2026-11-30 16:20 UTC`."""
    return f"{_moment(seconds):%Y-%m-%d %H:%M} UTC"


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(min(max(seconds, 0), 253_402_300_799), UTC)
