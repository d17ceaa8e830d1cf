"""Regular expressions are Python's, and what is wrong with one is said without values."""

from __future__ import annotations

import pytest

from podwright.expressions.errors import ExpressionError
from podwright.expressions.regex_filters import (
    match,
    regex,
    regex_escape,
    regex_findall,
    regex_replace,
    regex_search,
    search,
)


def test_regular_expressions_are_pythons():
    assert regex_replace("v1.36.2", r"^v([0-9]+)\..*", r"major \1") == "major 1"
    assert regex_replace("aAa", "A", "x", ignorecase=True, count=2) == "xxa"
    assert regex_search("a\nb", "^b", multiline=True) == "b"
    assert regex_search("v1.36", "v([0-9]+)[.](?P<minor>[0-9]+)", r"\1", r"\g<minor>") == ["1", "36"]
    assert regex_search("x", "y", r"\1") is None
    assert regex_findall("a1b2", "[0-9]") == ["1", "2"]
    assert (regex_escape("a.b-c"), regex_escape("a.b-c", "posix_basic")) == (r"a\.b\-c", r"a\.b-c")
    assert (match("ab", "b"), search("ab", "B", ignorecase=True), regex(12, "2")) == (False, True, True)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: regex_search("x", "["), "the regular expression cannot be read"),
        (lambda: match("x", "(?P<"), "the regular expression cannot be read"),
        (lambda: regex_search("x", "x", r"\1"), "`regex_search` names a group that is not there"),
        (lambda: regex_search("x", "x", "1"), "`regex_search` names a group that is not there"),
        (
            lambda: regex_replace("x", "x", r"\1"),
            "the replacement of `regex_replace` names a group that is not there",
        ),
        (lambda: regex_replace("x", "x", "y", mandatory_count=2), "`regex_replace` matches 1 times, not 2"),
        (lambda: regex_escape("x", "perl"), "`regex_escape` knows `python` and `posix_basic`"),
        (lambda: regex("x", "x", match_type="sub"), "`match_type` is `search`, `match` or `fullmatch`"),
    ],
)
def test_what_cannot_be_is_an_error_without_values(call, message):
    with pytest.raises(ExpressionError) as caught:
        call()
    assert caught.value.message == message
