"""Filters on mappings, as ansible-core gives them."""

from __future__ import annotations

import pytest

from podwright.expressions.errors import ExpressionError
from podwright.expressions.mapping_filters import combine, dict2items, items2dict, rekey_on_member

FIRST, SECOND = {"a": 1, "b": {"x": 1, "l": [1, 2]}}, {"b": {"y": 2, "l": [2, 3]}}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, {"y": 2, "l": [2, 3]}),
        ({"recursive": True}, {"x": 1, "l": [2, 3], "y": 2}),
        ({"recursive": True, "list_merge": "keep"}, {"x": 1, "l": [1, 2], "y": 2}),
        ({"recursive": True, "list_merge": "append"}, {"x": 1, "l": [1, 2, 2, 3], "y": 2}),
        ({"recursive": True, "list_merge": "append_rp"}, {"x": 1, "l": [1, 2, 3], "y": 2}),
        ({"recursive": True, "list_merge": "prepend"}, {"x": 1, "l": [2, 3, 1, 2], "y": 2}),
        ({"recursive": True, "list_merge": "prepend_rp"}, {"x": 1, "l": [2, 3, 1], "y": 2}),
    ],
)
def test_mappings_are_merged(options, expected):
    assert combine(FIRST, SECOND, **options) == combine([FIRST, SECOND], **options) == {"a": 1, "b": expected}
    assert FIRST == {"a": 1, "b": {"x": 1, "l": [1, 2]}}


@pytest.mark.parametrize(
    "call",
    [
        lambda: combine(FIRST, [1]),
        lambda: combine(FIRST, list_merge="add"),
        lambda: dict2items([1]),
        lambda: rekey_on_member([{"n": 1}, {"n": 1}], "n"),
    ],
)
def test_what_cannot_be_is_an_error(call):
    with pytest.raises(ExpressionError):
        call()


def test_items_and_back():
    assert items2dict(dict2items({"a": 1}, "k", "v"), "k", "v") == {"a": 1}


def test_mappings_are_found_by_a_member():
    assert rekey_on_member({"x": {"n": "a"}}, "n") == rekey_on_member([{"n": "a"}], "n") == {"a": {"n": "a"}}
    assert rekey_on_member([{"n": 1, "v": 1}, {"n": 1, "v": 2}], "n", "overwrite") == {1: {"n": 1, "v": 2}}
