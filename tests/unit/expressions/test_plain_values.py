"""What an expression yields becomes plain values and text, the same in every run."""

from __future__ import annotations

import datetime

import pytest

from podwright.expressions import plain_values as module
from podwright.expressions.errors import ExpressionError
from podwright.expressions.inventory_text import Literal
from podwright.expressions.plain_values import plain, text_of
from podwright.expressions.undefined import MissingError, MissingValue


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"a": (1, [Literal("x")])}, {"a": [1, ["x"]]}),
        (map(str, [1, 2]), ["1", "2"]),
        ({"a": 1}.keys(), ["a"]),
        ({"a": 1}.items(), [["a", 1]]),
        (datetime.date(2026, 1, 2), datetime.date(2026, 1, 2)),
        (None, None),
    ],
)
def test_a_value_becomes_plain(value, expected):
    assert plain(value) == expected


def test_text_is_plain_text():
    assert type(plain([Literal("{{ a }}")])[0]) is str


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, ""), (True, "True"), (1.5, "1.5"), ([None, "a"], "[None, 'a']"), (range(3), "range(0, 3)")],
)
def test_a_value_writes(value, expected):
    assert text_of(value) == expected


@pytest.mark.parametrize("value", [print, object(), [object()], {"a": print}])
def test_what_has_an_address_is_not_written(value):
    with pytest.raises(ExpressionError, match="only values can be written"):
        text_of(value)


def test_what_is_missing_inside_is_named():
    with pytest.raises(MissingError, match="`a` is undefined"):
        plain({"x": [MissingValue(name="a")]})


def test_text_and_values_are_bounded(monkeypatch):
    monkeypatch.setattr(module, "MAX_TEXT", 10)
    monkeypatch.setattr(module, "MAX_VALUES", 10)
    with pytest.raises(ExpressionError, match="MiB of text"):
        text_of([1] * 9)
    with pytest.raises(ExpressionError, match="more than 10 parts"):
        plain([1] * 20)
