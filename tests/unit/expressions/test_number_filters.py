"""Numbers and times as ansible-core writes them; nothing differs from run to run."""

from __future__ import annotations

import pytest

from podwright.expressions.errors import ExpressionError
from podwright.expressions.number_filters import (
    human_readable,
    human_to_bytes,
    log,
    random,
    root,
    shuffle,
    strftime,
    to_datetime,
    to_uuid,
)


def test_sizes_are_written_and_read():
    assert [human_readable(size) for size in (10, 1024, 0)] == ["10.00 Bytes", "1.00 KB", "0.00 Bytes"]
    assert (human_readable(1000000, unit="K"), human_readable(1 << 20, isbits=True)) == (
        "976.56 KB",
        "1.00 Mb",
    )
    assert [human_to_bytes(size) for size in ("1.5 MB", "2K", 7)] == [1572864, 2048, 7]
    assert (human_to_bytes("10Mb", isbits=True), human_to_bytes(1, "G")) == (10 << 20, 1 << 30)


def test_numbers():
    assert (log(8, 2), log(100, 10), root(9), root(27, 3)) == (3.0, 2.0, 3.0, 3.0)


def test_a_seed_gives_the_same_each_time():
    assert (random(100, seed="x"), random(["a", "b", "c", "a"], seed="cp-1")) == (80, "a")
    assert shuffle(["b", "a", "c", "a"], seed="a") == ["a", "b", "a", "c"]


def test_times_are_those_that_are_given():
    assert strftime("%Y-%m-%d", 0, utc=True) == "1970-01-01"
    assert str(to_datetime("2024-01-02", "%Y-%m-%d")) == "2024-01-02 00:00:00"
    assert to_uuid("foo") == "f54e0251-da46-5177-a22b-2f98d0a8962c"


@pytest.mark.parametrize(
    ("call", "hint"),
    [
        (lambda: random(5), "random(seed="),
        (lambda: shuffle([1]), "shuffle(seed="),
        (lambda: strftime("%Y"), "strftime(0)"),
        (lambda: human_to_bytes("ten"), "10M"),
        (lambda: human_to_bytes("10Mb"), "`MB`"),
        (lambda: human_to_bytes("10Q"), "`MB`"),
    ],
)
def test_what_differs_from_run_to_run_or_cannot_be_read_is_an_error(call, hint):
    with pytest.raises(ExpressionError) as caught:
        call()
    assert hint in caught.value.hint
