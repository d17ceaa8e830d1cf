"""Filters on text, as ansible-core gives them."""

from __future__ import annotations

import pytest

from podwright.expressions.errors import ExpressionError
from podwright.expressions.text_filters import (
    comment,
    of_text,
    path_join,
    quote,
    split,
    string,
    to_bool,
    url_decode,
    url_split,
)


def test_other_values_become_text_first():
    assert (string([1, None]), quote(None), quote(5), split(1.5, ".")) == ("[1, None]", "''", "5", ["1", "5"])
    assert [to_bool(value) for value in ("Yes", "off", 1, 0, None, True, "2", 1.0, [])] == [
        True, False, True, False, False, True, False, True, False,
    ]  # fmt: skip
    assert of_text(str.partition)(12, "1") == ("", "1", "2")


def test_paths_and_urls_are_taken_apart():
    assert (path_join(["a", "b"]), path_join("a")) == ("a/b", "a")
    assert url_split("http://user@host:80/p?q#f", "port") == 80
    assert url_split("http://host/p") == {
        "fragment": "", "hostname": "host", "netloc": "host", "password": None, "path": "/p", "port": None,
        "query": "", "scheme": "http", "username": None,
    }  # fmt: skip
    assert url_decode("a%20b+c") == "a b c"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "#\n# one\n# two\n#"),
        ({"style": "c"}, "//\n// one\n// two\n//"),
        ({"style": "cblock"}, "/*\n *\n * one\n * two\n *\n */"),
        ({"style": "xml", "prefix": "x"}, "<!--\nx\n - one\n - two\n -\n-->"),
        ({"decoration": "! ", "prefix": "\n", "postfix_count": 0}, "\n! one\n! two"),
        ({"beginning": "B", "end": "E", "prefix_count": 2}, "B\n#\n#\n# one\n# two\n#\nE"),
    ],
)
def test_a_comment_has_its_style(options, expected):
    assert comment("one\ntwo", **options) == expected


@pytest.mark.parametrize("call", [lambda: comment("a", "lisp"), lambda: url_split("http://a", "host")])
def test_what_is_not_known_is_an_error_that_lists_what_is(call):
    with pytest.raises(ExpressionError) as caught:
        call()
    assert caught.value.hint.startswith("there are ")
