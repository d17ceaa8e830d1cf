"""Lengths of time as people give them."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import click
import pytest

from podwright.cli.durations import Moment, Seconds


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("5m", 300), ("1.5m", 90), ("2h", 7200), (0.0, 0)]
)
def test_a_length_of_time_may_have_a_unit(text, seconds) -> None:
    assert Seconds().convert(text, None, None) == seconds


@pytest.mark.parametrize("text", ["", "s", "5d", "-1", "1e3", "5 m", "9" * 400])
def test_what_is_none_is_refused(text) -> None:
    with pytest.raises(click.BadParameter, match="such as `60s`"):
        Seconds().convert(text, None, None)


def test_a_moment_is_a_length_of_time_from_now_or_a_local_date_or_time() -> None:
    def moment(text: str) -> float:
        return Moment().convert(text, None, None)

    before = time.time()
    assert 0 <= moment("6h") - before - 6 * 3600 < 60
    assert 0 <= moment("7d") - before - 7 * 86_400 < 60
    assert moment("2027-01-15") == datetime(2027, 1, 16).timestamp()
    assert moment("2027-01-15T18:00") == datetime(2027, 1, 15, 18).timestamp()
    assert moment("2027-01-15T18:00Z") == datetime(2027, 1, 15, 18, tzinfo=UTC).timestamp()
    for text in "2027-01-15 18:00", "2027-01-15t18:00", "2027-01-15_18:00", "20270115T18":
        assert moment(text) == datetime(2027, 1, 15, 18).timestamp()
    for text in ("", "soon", "6w", "2027-13-01", "9999-12-31", "9" * 400 + "h"):
        with pytest.raises(click.BadParameter, match="is not a time, such as `6h`"):
            moment(text)
