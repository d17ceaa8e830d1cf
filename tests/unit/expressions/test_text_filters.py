"""Filters on text say what is wrong with what they were given."""

from __future__ import annotations

import pytest

from podwright.expressions.failure import ExpressionError
from podwright.expressions.text_filters import (
    match,
    quote,
    regex_replace,
    regex_search,
    search,
    split,
    string,
    to_bool,
)


def test_regular_expressions_are_pythons():
    assert regex_replace("v1.36.2", r"^v([0-9]+)\..*", r"major \1") == "major 1"
    assert regex_replace("aAa", "A", "x", ignorecase=True, count=2) == "xxa"
    assert regex_search("a\nb", "^b", multiline=True) == "b"
    assert regex_search("v1.36", "v([0-9]+)[.]([0-9]+)", r"\1", r"\2") == ["1", "36"]
    assert regex_search("x", "y", r"\1") is None
    assert (match("ab", "b"), search("ab", "B", ignorecase=True)) == (False, True)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: regex_search("x", "["), "the regular expression cannot be read"),
        (lambda: match("x", "(?P<"), "the regular expression cannot be read"),
        (lambda: regex_search("x", "x", r"\1"), "`regex_search` names a group that is not there"),
        (
            lambda: regex_replace("x", "x", r"\1"),
            "the replacement of `regex_replace` names a group that is not there",
        ),
    ],
)
def test_what_cannot_be_is_an_error_without_values(call, message):
    with pytest.raises(ExpressionError) as caught:
        call()
    assert caught.value.message == message


def test_other_values_become_text_first():
    assert (string([1, None]), quote(None), quote(5), split(1.5, ".")) == ("[1, None]", "''", "5", ["1", "5"])
    assert [to_bool(value) for value in ("Yes", "off", 1, 0, None, True, "2")] == [
        True, False, True, False, None, True, False,
    ]  # fmt: skip
