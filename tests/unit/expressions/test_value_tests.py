"""Versions and sets are compared as in Ansible."""

from __future__ import annotations

import pytest

from podwright.expressions.errors import ExpressionError
from podwright.expressions.value_tests import (
    contains,
    falsy,
    is_nan,
    python_type,
    subset,
    superset,
    truthy,
    version,
)


@pytest.mark.parametrize(
    ("first", "operator", "second", "options"),
    [
        ("v1.30.2", ">=", "v1.20", {}),
        ("1.9", "<", "1.10", {}),
        (1.28, "ge", "1.28", {}),
        ("1.30.0-beta.1", "!=", "1.30.0", {}),
        ("1.2.3", "==", "1.2.3", {"strict": True}),
        ("1.2a1", "lt", "1.2", {"version_type": "strict"}),
        ("1.2.3-rc.1", "<", "1.2.3", {"version_type": "semver"}),
        ("1.2.3-rc.2", "<", "1.2.3-rc.10", {"version_type": "semantic"}),
        ("1.2.3+build", "eq", "1.2.3", {"version_type": "semver"}),
        ("1.2.3-1", "<", "1.2.3-a", {"version_type": "semver"}),
    ],
)
def test_versions_are_compared_part_by_part(first, operator, second, options):
    assert version(first, second, operator, **options)


@pytest.mark.parametrize(
    ("values", "options"),
    [
        (("v1.30", "1.30", "<"), {}),
        (("", "1"), {}),
        (("1", "1", "=>"), {}),
        (("1", "1"), {"version_type": "date"}),
        (("1", "1"), {"version_type": "loose", "strict": True}),
        (("1.x", "1.1"), {"strict": True}),
        (("1.1", "1.1.0"), {"version_type": "semver"}),
    ],
)
def test_what_cannot_be_compared_is_an_error(values, options):
    with pytest.raises(ExpressionError):
        version(*values, **options)


def test_values_are_true_or_false():
    assert [truthy(value) for value in ("no", "", 0, [1])] == [True, False, False, True]
    assert (truthy("no", convert_bool=True), falsy("off", convert_bool=True)) == (False, True)
    assert (contains(["a"], "a"), subset([1], [1, 2]), superset([1], [1, 2])) == (True, True, False)
    assert (is_nan(float("nan")), is_nan(1.0)) == (True, False)


def test_types_have_the_names_of_python():
    assert [python_type(value) for value in ({}, [], "", 1, True, None, (1,))] == [
        "dict", "list", "str", "int", "bool", "NoneType", "tuple",
    ]  # fmt: skip
