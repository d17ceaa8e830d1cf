"""Filters on lists and mappings, as Ansible has them."""

from __future__ import annotations

from podwright.expressions.list_filters import (
    combine,
    dict2items,
    difference,
    intersect,
    items2dict,
    join,
    union,
    unique,
)


def test_mappings_merge_by_key_or_below():
    first, second = {"a": 1, "b": {"x": 1}}, {"b": {"y": 2}}
    assert combine(first, second) == {"a": 1, "b": {"y": 2}}
    assert combine(first, second, recursive=True) == {"a": 1, "b": {"x": 1, "y": 2}}
    assert first == {"a": 1, "b": {"x": 1}}


def test_sets_keep_the_order_and_tell_one_from_true():
    assert unique([1, True, 1, {"a": 1}, {"a": 1}, "1"]) == [1, True, {"a": 1}, "1"]
    assert union([1, 2], [2, 3]) == [1, 2, 3]
    assert intersect([3, 2, 1], [1, 3]) == [3, 1]
    assert difference([[1], [2]], [[1]]) == [[2]]


def test_items_and_back():
    assert items2dict(dict2items({"a": 1}, "k", "v"), "k", "v") == {"a": 1}


def test_nothing_is_joined_for_none():
    assert join([None, 1, "a"], "-") == "-1-a"
    assert join([{"n": "x"}, {"n": 2}], ",", "n") == "x,2"
