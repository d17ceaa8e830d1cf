"""What libyaml's events become: anchors, merges, places, and bounds that a hostile text meets."""

from __future__ import annotations

import time

import pytest

from podwright.pods.go_json import MOST_VALUES
from podwright.pods.go_values import UnreadableError, locate, plain
from podwright.pods.go_yaml import decode


def value(text: str) -> object:
    return plain(decode(text.encode()).value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &x [1, 2.0]\nb: *x\n", {"a": [1, 2], "b": [1, 2]}),
        ("&k a: 1\nb: *k\n", {"a": 1, "b": "a"}),
        ("a: &x {c: 1}\nb: {c: 2, <<: *x}\n", {"a": {"c": 1}, "b": {"c": 1}}),
        ("a: &x {c: 1}\nb: {<<: *x, c: 2}\n", {"a": {"c": 1}, "b": {"c": 2}}),
        ("b: {<<: [{c: 1}, {c: 2, d: 3}]}\n", {"b": {"c": 1, "d": 3}}),
        ("1.50: a\ntrue: b\n0x10: c\n", {"1.5": "a", "true": "b", "16": "c"}),
        ("a: '<<'\n'<<': 1\n", {"a": "<<", "<<": 1}),
        ("a: !!str 1\nb: !own x\n", {"a": "1", "b": "x"}),
        ("a: |\n  x\n  y\nb: ''\nc:\n", {"a": "x\ny\n", "b": "", "c": None}),
        ("- 59:59:59\n- 012\n- 0o17\n- 1_000\n", ["59:59:59", 10, 15, 1000]),
    ],
)
def test_a_text_means_what_it_means_to_go(text, expected) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: *b\n", "unknown anchor 'b'"),
        ("a: &b [*b]\n", "contains itself"),
        ("? [a]\n: b\n", "a key must be a scalar"),
        ("a: &x [1]\n*x : b\n", "a key must be a scalar"),
        ("<<: 1\n", "map merge requires map"),
        ("~: 1\n", "unsupported map key"),
        ("[" * 250 + "]" * 250, "nested deeper"),
        ("a: {b?: c}\n", "needs quotes"),
    ],
)
def test_what_go_refuses_is_refused_with_its_place(text, why) -> None:
    with pytest.raises(UnreadableError, match=why) as refused:
        decode(text.encode())
    assert refused.value.line is not None


def test_a_key_that_stands_twice_is_told_and_a_merged_one_is_not() -> None:
    read = decode(b"a: 1\nb: &x {a: 2, c: 3}\na: 4\n<<: *x\nc: 5\n")
    assert [(one.key, one.mark, one.first) for one in read.repeated] == [("a", (3, 1), (1, 1))]
    assert plain(read.value) == {"a": 2, "b": {"a": 2, "c": 3}, "c": 5}


def test_a_merged_value_stands_where_it_was_written() -> None:
    read = decode(b"b: &x {c: 3}\nd:\n  <<: *x\n").value
    assert locate(read, ("d", "c")) == (1, 11)
    assert locate(read, ("d", "c"), key=True) == (1, 8)


@pytest.mark.parametrize(
    "text",
    [
        "a: " + ":".join(["59"] * 30_000),
        "a: 1" + "0" * 1_000_000,
        "a: 0x" + "f" * 1_000_000,
        "a: 1e" + "9" * 100_000,
        "a: " + "_" * 1_000_000,
        "a: ." + "1" * 1_000_000,
    ],
    ids=["sexagesimal", "digits", "hexadecimal", "exponent", "underscores", "fraction"],
)
def test_no_number_costs_more_than_its_length(text) -> None:
    begun = time.process_time()
    decode(text.encode())
    assert time.process_time() - begun < 1


def test_more_values_than_any_pod_has_are_too_many() -> None:
    with pytest.raises(UnreadableError, match="which no pod has"):
        decode(b"- 1\n" * (MOST_VALUES + 1))
