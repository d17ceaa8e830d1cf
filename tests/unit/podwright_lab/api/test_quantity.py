"""Quantities have one value and one spelling."""

from fractions import Fraction

import pytest

from podwright_lab.api.quantity import canonical_quantity, parse_quantity


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("500m", Fraction(1, 2)),
        ("1k", 1000),
        ("1Ki", 1024),
        ("1e3", 1000),
        ("2E", 2 * 10**18),
        (".5", Fraction(1, 2)),
        ("-1", -1),
    ],
)
def test_a_quantity_has_a_value(text, value):
    assert parse_quantity(text) == value


@pytest.mark.parametrize("text", ["", "x", "1x", "--1", ".", "1.2.3", "1 Gi", "1" * 80, "1e", "m"])
def test_what_is_no_quantity_is_refused(text):
    with pytest.raises(ValueError, match="is not a quantity"):
        parse_quantity(text)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("1000m", "1"),
        ("0.5", "500m"),
        ("100m", "100m"),
        ("1000Mi", "1000Mi"),
        ("1024Mi", "1Gi"),
        ("0.5Gi", "512Mi"),
        ("1000M", "1G"),
        (2, "2"),
        ("0", "0"),
        ("1.5Gi", "1536Mi"),
    ],
)
def test_a_quantity_has_one_spelling(text, canonical):
    assert canonical_quantity(text) == canonical
