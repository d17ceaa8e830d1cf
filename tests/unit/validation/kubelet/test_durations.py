from __future__ import annotations

from fractions import Fraction

import pytest

from podwright.validation.kubelet.durations import seconds, seconds_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20s", 20),
        ("1h30m", 5400),
        ("-1.5h", -5400),
        ("0", 0),
        (".5s", Fraction(1, 2)),
        ("100ms", Fraction(1, 10)),
        ("", None),
        ("s", None),
        (".s", None),
        ("20", None),
        ("20 s", None),
        ("1d", None),
        ("9999999h", None),
        ("1s" * 60, None),
    ],
)
def test_durations_as_go_reads_them(text: str, expected: Fraction | int | None) -> None:
    assert seconds_of(text) == expected


def test_what_is_not_set_is_zero() -> None:
    assert seconds(None) == 0
