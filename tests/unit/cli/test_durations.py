"""Lengths of time as people give them."""

from __future__ import annotations

import click
import pytest

from podwright.cli.durations import Seconds


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("5m", 300), ("1.5m", 90), ("2h", 7200), (0.0, 0)]
)
def test_a_length_of_time_may_have_a_unit(text, seconds) -> None:
    assert Seconds().convert(text, None, None) == seconds


@pytest.mark.parametrize("text", ["", "s", "5d", "-1", "1e3", "5 m"])
def test_what_is_none_is_refused(text) -> None:
    with pytest.raises(click.BadParameter, match="such as `60s`"):
        Seconds().convert(text, None, None)
