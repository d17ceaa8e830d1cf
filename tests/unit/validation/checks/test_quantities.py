"""Quantities mean what they mean to Kubernetes."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podwright.validation.checks.quantities import int64_of, parse_quantity, quantity


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0), ("1", 1), ("-1", -1), ("+1", 1), ("100m", Fraction(1, 10)), ("0.5", Fraction(1, 2)),
        (".5", Fraction(1, 2)),
        ("5.", 5), ("1k", 1000), ("1M", 10**6), ("1G", 10**9), ("1T", 10**12), ("1P", 10**15), ("1E", 10**18), ("1Ki", 1024),
        ("1Mi", 2**20), ("1.5Gi", 3 * 2**29), ("1Ti", 2**40), ("1Pi", 2**50), ("1Ei", 2**60), ("1e3", 1000), ("1E3", 1000),
        ("1e+3", 1000), ("1e-3", Fraction(1, 1000)), ("1n", Fraction(1, 10**9)), ("1u", Fraction(1, 10**6)),
        ("0.0000000001", Fraction(1, 10**9)), ("100E", 2**63 - 1), ("9e99", 2**63 - 1), ("12e0", 12),
        ("1" * 400, 2**63 - 1), ("1e99999", 2**63 - 1), ("-1e401", 1 - 2**63), ("1e-401", Fraction(1, 10**9)), ("0e401", 0),
    ],
)  # fmt: skip
def test_quantities(text, value):
    assert parse_quantity(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 1",
        "1 ",
        "one",
        "1K",
        "1mi",
        "1GB",
        "1.2.3",
        "1e",
        "1e1.5",
        "1_000",
        "--1",
        "1i",
        "0x10",
        "1,5",
        "é",
        "1" * 5000,
        "1e2147483648",
    ],
)
def test_no_quantities(text):
    assert parse_quantity(text) is None


@given(st.text(alphabet="0123456789.+-eEkKMGTPinum ", max_size=12))
def test_any_text_is_a_quantity_or_none(text):
    value = parse_quantity(text)
    assert value is None or abs(value) <= 2**63 - 1


def test_what_is_no_text_counts_as_nothing():
    assert quantity(None) == quantity(5) == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10Mi", 10 * 2**20), ("-5", -5), ("1.5k", 1500), ("1e3", 1000), ("9E", 9 * 10**18), ("007", 7),
        # with a fraction, or too long, it is kept in a form that Go turns into no integer
        ("1.5Mi", None), ("1.0", None), ("1000m", None), ("10E", None), ("100Ti", None), ("1Pi", None), ("ten", None),
        ("1" * 19, None),
    ],
)  # fmt: skip
def test_as_an_integer_it_is_what_go_reads_as_one(text: str, expected: int | None) -> None:
    assert int64_of(text) == expected
