"""Scalars and keys mean what they mean to go-yaml; each case was checked against kubectl's own decoder."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podwright.pods.go_scalars import float_text, key_text, resolve, settle
from podwright.pods.go_values import UnreadableError
from podwright.pods.go_yaml import decode, settled


def value(text):
    return settled(decode(text.encode() if isinstance(text, str) else text).value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("y", True), ("N", False), ("yes", True), ("Off", False), ("tRue", "tRue"), ("~", None), ("", None), ("NULL", None),
        ("1", 1), ("+1", 1), ("012", 10), ("08", 8), ("0o17", 15), ("0x1F", 31), ("0X1f", 31), ("0b11", 3), ("-0b11", -3),
        ("1_000", 1000), ("1__0", 10), ("1_", 1), ("_1", "_1"), ("07_7", 63), ("0x", "0x"), ("0b2", "0b2"), ("0o8", "0o8"),
        ("1e3", 1000), ("1.5e+3", 1500), ("1.0", 1), ("5.", 5), (".5", 0.5), (".1_0", 0.1), ("-.5", -0.5), (".", "."),
        ("1e-7", 1e-7), ("1e21", 1e21), ("1e400", "1e400"), ("-0", 0), ("e3", "e3"), ("1e", "1e"),
        ("18446744073709551615", 18446744073709551615), ("18446744073709551616", 18446744073709552000),
        ("-9223372036854775809", -9223372036854776000), ("1:20", "1:20"), ("190:20:30.15", "190:20:30.15"),
        ("2001-01-01", "2001-01-01"), ("2001-01-01T00:00:00Z", "2001-01-01T00:00:00Z"), ("=", "="), ("!!str 1", "1"),
        ('!!int "3"', 3), ("!!float 1", 1), ('!!bool "yes"', True), ("!!binary aGk=", "hi"), ("!foo bar", "bar"),
        ("!!timestamp 2001-01-01", "2001-01-01"), ("'1'", "1"), ('"y"', "y"), ('"\\u263a"', "☺"), ("|\n  a\n  b", "a\nb\n"),
        ("a#b", "a#b"), ("a #b", "a"), ("http://x:1/y", "http://x:1/y"), ("[a, 1]", ["a", 1]), ("{a: b}", {"a": "b"}),
    ],
)  # fmt: skip
def test_scalars_mean_what_they_mean_to_go(text, expected):
    read = value(f"v: {text}\n")["v"]
    assert (type(read), read) == (type(expected), expected)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("1", "1"), ("01", "1"), ("1.1", "1.1"), ("1.0", "1"), ("1e3", "1000"), ("1e10", "1e+10"), ("y", "true"),
        ("no", "false"),         ("123456789.125", "1.2345679e+08"), ("0.1", "0.1"), ("1e-5", "1e-05"),
        ("2001-01-01", "2001-01-01"),
        (".inf", ".inf"),         ("-.inf", "-.inf"), (".nan", ".nan"), ('"1"', "1"),
    ],
)  # fmt: skip
def test_keys_become_text(key, name):
    assert list(value(f"{key}: x\n")) == [name]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_comes_back_from_its_text(number):
    assert settle(float(float_text(number))) == settle(number)


def test_resolve_and_key_text_refuse_what_go_refuses():
    with pytest.raises(UnreadableError):
        resolve("tag:yaml.org,2002:int", "x", implicit=True)
    with pytest.raises(UnreadableError):
        key_text(None)
