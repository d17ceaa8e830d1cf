"""The values of variables keep the type of what they yield, as in ansible-core 2.19."""

from __future__ import annotations

import pickle

import pytest
from jinja2 import Undefined

from podwright.expressions.errors import ExpressionError
from podwright.expressions.evaluation import Evaluator
from podwright.expressions.inventory_text import Literal, PlacedText, is_expression, place_in
from podwright.expressions.undefined import MissingError, MissingValue, or_none
from podwright.problem import Place

NAMES = {"l": [1, 2], "none": None, "v": "v1.30"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ l }}", [1, 2]),
        ("{{ l }}\n", [1, 2]),
        (" {{ l }}", " [1, 2]"),
        ("{% if true %}{{ l }}{% endif %}", [1, 2]),
        ("{% if true %}\n{{ l }}\n{% endif %}", "[1, 2]\n"),
        ("{%- if v[1:] < '1.2' -%}\n{{ l }}\n{%- else -%}\n{{ [] }}\n{%- endif %}", []),
        ("{% set x = 1 %}{{ l }}", [1, 2]),
        ("{% for i in [1] %}{{ i }}{% endfor %}", 1),
        ("{% for i in l %}{{ i }}{% endfor %}", "12"),
        ("{{ 5 }}", 5),
        ("{{ '5' }}", "5"),
        ("{{ 1 }}{{ 2 }}", "12"),
        ("{{ true }}", True),
        ("{{ l | map('string') }}", ["1", "2"]),
        ("{{ {'a': 1}.keys() }}", ["a"]),
        ("{{ none }}", None),
        ("a{{ none }}b", "ab"),
        ("{% if false %}x{% endif %}", None),
        ("{{ 'a' ~ none ~ 1 }}", "aNone1"),
        ("{{ v }}\n", "v1.30\n"),
        ("{{ l }}{{ '' }}", "[1, 2]"),
        ("{{ v | regex_replace('v(.*)', '<\\1>') }}", "<1.30>"),
        ("{% set x = 'a\\tb' %}{{ x }}{{ '\\t' }}", "a\tb\\t"),
        ("#jinja2: trim_blocks: False\n{{ l }}", [1, 2]),
    ],
)
def test_a_value_is_what_its_expression_yields(text, expected):
    value = Evaluator().evaluate(text, NAMES)
    assert (value, type(value)) == (expected, type(expected))


@pytest.mark.parametrize("text", ["{{ 'a' if false }}", "{% if true %}{{ 1 if false }}{% endif %}"])
def test_an_if_without_else_yields_what_is_undefined_and_yet_empty(text):
    """As ansible-core 2.19, which loops over it and joins it as over an empty list."""
    value = Evaluator().evaluate(text, NAMES)
    assert isinstance(value, Undefined)
    assert not isinstance(value, MissingValue)
    assert (str(value), list(value), or_none(value)) == ("", [], None)


def test_what_is_missing_is_missing_where_it_is_written():
    value = Evaluator().evaluate(PlacedText.at("{{ nope.x }}", Place("f", 3, 4)), {})
    assert isinstance(value, MissingValue)
    with pytest.raises(MissingError) as caught:
        str(value)
    assert caught.value.place == Place("f", 3, 7)


@pytest.mark.parametrize(
    ("text", "place"),
    [("a\nb {{ nope }}", "f:4:9"), ("a\n{{ l.x }}", "f:4:9"), ("nope: {{ l }}{{ nope | upper }}", "f:3:20")],
)
def test_a_value_that_uses_what_is_missing_is_missing_itself(text, place):
    value = Evaluator().evaluate(PlacedText.at(text, Place("f", 3, 4)), NAMES)
    with pytest.raises(MissingError) as caught:
        str(value)
    assert str(caught.value.place) == place


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("{{ 1 / 0 }}", "this cannot be computed (ZeroDivisionError)", "f:3:4"),
        ("a\nb {{ 1 / 0 }}", "this cannot be computed (ZeroDivisionError)", "f:4:6"),
        ("{{ nope | int(1 // 0) }}", "this cannot be computed (ZeroDivisionError)", "f:3:4"),
        ("a\n{{ l |\n  nonsense }}", "there is no filter `nonsense`", "f:5:6"),
        ("a {{ secret", "a variable of the inventory holds a template that Jinja cannot read", "f:3:6"),
        ("a\n{{ l | nonsense }}", "there is no filter `nonsense`", "f:4:11"),
    ],
)
def test_a_mistake_is_placed_in_the_value(text, message, line):
    with pytest.raises(ExpressionError) as caught:
        Evaluator().evaluate(PlacedText.at(text, Place("f", 3, 4)), NAMES)
    assert (caught.value.message, str(caught.value.place)) == (message, line)


def test_text_that_cannot_be_read_is_not_shown():
    with pytest.raises(ExpressionError) as caught:
        Evaluator().evaluate("{{ 'hunter2", {})
    assert "hunter2" not in f"{caught.value.message}{caught.value.hint}"
    assert "!unsafe" in caught.value.hint


def test_a_header_in_a_value_that_is_wrong_is_an_error_too():
    with pytest.raises(ExpressionError, match="there is no option"):
        Evaluator().evaluate("#jinja2: nothing: 1\n{{ 1 }}", {})


def test_braces_make_an_expression_unless_they_are_literal():
    assert [is_expression(value) for value in ("{{ a }}", "{% a %}", "{# a #}", "a", "{a}", Literal("{{ a }}"), 1)] == [
        True, True, True, False, False, False, False,
    ]  # fmt: skip
    evaluator = Evaluator()
    assert evaluator.holds_expression({"a": [{"b": "{{ c }}"}]})
    assert not evaluator.holds_expression({"a": [Literal("{{ c }}"), None]})


def test_text_keeps_its_place_on_the_way_to_another_process():
    found = pickle.loads(pickle.dumps(PlacedText.at("{{ a }}", Place("f", 3, 4))))
    assert (found, type(found), found.place) == ("{{ a }}", PlacedText, Place("f", 3, 4))


def test_text_without_a_place_has_none():
    assert place_in("{{ a }}", 1) is None
    folded = PlacedText.at("a\nb", Place("f", 3, 4), as_written=False)
    assert place_in(folded, 2, 1) == Place("f", 3, 4)
