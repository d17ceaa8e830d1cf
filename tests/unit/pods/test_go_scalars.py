"""Scalars and keys mean what they mean to go-yaml; each case was checked against kubectl's own decoder."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podwright.pods.go_scalars import float_text, key_text, parse_integer, resolve, settle
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


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (-0.0, "-0"),
        (1.0, "1"),
        (-1.5, "-1.5"),
        (0.1, "0.1"),
        (0.000001, "0.000001"),
        (0.00000123, "0.00000123"),
        (9.99e-7, "9.99e-7"),
        (1e-7, "1e-7"),
        (1.5e-10, "1.5e-10"),
        (1e20, "100000000000000000000"),
        (9.99e20, "999000000000000000000"),
        (1e21, "1e+21"),
        (1.5e300, "1.5e+300"),
    ],
)
def test_a_float_is_written_as_gos_json_writes_it(number, text):
    assert float_text(number) == text


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("-0", 0),
        ("9223372036854775807", 2**63 - 1),
        ("+9223372036854775807", 2**63 - 1),
        ("18446744073709551615", 2**64 - 1),
        ("+9223372036854775808", None),
        ("18446744073709551616", None),
        ("-9223372036854775808", -(2**63)),
        ("-9223372036854775809", None),
        ("0xFFFFFFFFFFFFFFFF", 2**64 - 1),
        ("0b" + "1" * 64, 2**64 - 1),
        ("0b" + "0" * 68 + "1", None),
        ("0o17", 15),
        ("0O17", 15),
        ("017", 15),
        ("08", None),
        ("1_0", None),
        ("", None),
    ],
)
def test_an_integer_fits_64_bits(text, number):
    assert parse_integer(text) == number


@pytest.mark.parametrize(
    ("tag", "text", "implicit", "expected"),
    [
        ("", "1", True, 1),
        ("", "1", False, "1"),
        ("!", "yes", True, True),
        ("!", "yes", False, "yes"),
        ("tag:yaml.org,2002:str", "1", True, "1"),
        ("tag:yaml.org,2002:int", "3", False, 3),
        ("tag:yaml.org,2002:float", "3", True, 3),
        ("tag:yaml.org,2002:null", "~", True, None),
        ("tag:yaml.org,2002:timestamp", "2001-01-01", True, "2001-01-01"),
        ("tag:yaml.org,2002:binary", "aG\nk=", True, "hi"),
        ("tag:yaml.org,2002:binary", "/w==", True, "\N{REPLACEMENT CHARACTER}"),
        ("!own", "1", True, "1"),
    ],
)
def test_a_tag_decides_what_a_scalar_is(tag, text, implicit, expected):
    found = resolve(tag, text, implicit=implicit)
    assert (type(found), found) == (type(expected), expected)


@pytest.mark.parametrize(
    ("tag", "text", "why"),
    [
        ("int", "1.5", "cannot decode !!float `1.5` as a !!int"),
        ("int", "x" * 100, "cannot decode !!str `" + "x" * 80 + "` as a !!int"),
        ("bool", "1", "cannot decode !!int `1` as a !!bool"),
        ("null", "x", "as a !!null"),
        ("timestamp", "1", "as a !!timestamp"),
        ("float", "yes", "cannot decode !!bool `yes` as a !!float"),
        ("binary", "!", "invalid base64"),
    ],
)
def test_a_tag_that_a_scalar_does_not_fit_is_refused(tag, text, why):
    with pytest.raises(UnreadableError) as caught:
        resolve(f"tag:yaml.org,2002:{tag}", text, implicit=True)
    assert why in caught.value.message


@pytest.mark.parametrize(
    ("number", "expected"),
    [(1.0, 1), (-0.0, 0), (1.5, 1.5), (9.99e20, 999 * 10**18), (1e21, 1e21), (-1e21, -1e21)],
)
def test_a_whole_float_loses_its_point_below_1e21(number, expected):
    assert (type(settle(number)), settle(number)) == (type(expected), expected)


@pytest.mark.parametrize(
    ("number", "name"), [(float("nan"), "NaN"), (float("inf"), "Inf"), (float("-inf"), "Inf")]
)
def test_json_has_no_number_that_is_not_finite(number, name):
    with pytest.raises(UnreadableError, match=name):
        settle(number)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("a", "a"),
        (True, "true"),
        (False, "false"),
        (2**63 - 1, "9223372036854775807"),
        (0.0, "0"),
        (0.0001, "0.0001"),
        (0.00009, "9e-05"),
        (999999.0, "999999"),
        (1000000.0, "1e+06"),
        (1234567.0, "1.234567e+06"),
        (1e39, ".inf"),
        (-1e39, "-.inf"),
    ],
)
def test_a_key_is_written_as_a_32_bit_float(key, name):
    assert key_text(key) == name


@pytest.mark.parametrize("key", [2**63, -(2**63) - 1, None, [], {}])
def test_other_keys_are_refused(key):
    with pytest.raises(UnreadableError, match="unsupported map key"):
        key_text(key)
