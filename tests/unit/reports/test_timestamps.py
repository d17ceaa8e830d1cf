"""Instants as text."""

from __future__ import annotations

import pytest

from podwright.reports.timestamps import iso, minute


@pytest.mark.parametrize(
    ("seconds", "for_programs", "for_a_person"),
    [
        (0, "1970-01-01T00:00:00Z", "1970-01-01 00:00 UTC"),
        (1_796_055_607.9, "2026-11-30T16:20:07Z", "2026-11-30 16:20 UTC"),
        (1e15, "9999-12-31T23:59:59Z", "9999-12-31 23:59 UTC"),
    ],
)
def test_both_are_utc(seconds, for_programs, for_a_person):
    assert (iso(seconds), minute(seconds)) == (for_programs, for_a_person)
