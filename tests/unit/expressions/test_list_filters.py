"""Filters on lists, as ansible-core gives them."""

from __future__ import annotations

from jinja2 import Environment

from podwright.expressions.list_filters import (
    difference,
    extract,
    flatten,
    intersect,
    join,
    subelements,
    symmetric_difference,
    union,
    unique,
)

JINJA = Environment()


def test_sets_keep_the_order_of_texts_and_have_that_of_python_for_numbers():
    assert union(["b", "a"], ["c", "a"]) == ["b", "a", "c"]
    assert (union([2, 1], [3]), intersect([3, 2, 1], [1, 3])) == ([1, 2, 3], [1, 3])
    assert difference([[1], [2]], [[1]]) == [[2]]
    assert symmetric_difference(["a", "b"], ["b", "c"]) == ["a", "c"]
    assert symmetric_difference([["a"]], [["a"], ["b"]]) == [["b"]]


def test_what_equals_is_one():
    assert unique(JINJA, [1, True, 1, {"a": 1}, {"a": 1}, "1"]) == [1, {"a": 1}, "1"]
    assert unique(JINJA, ["a", "A"]) == ["a"]
    assert unique(JINJA, ["a", "A"], case_sensitive=True) == ["a", "A"]


def test_lists_are_flattened_so_many_levels():
    assert flatten([1, [2, [3, [4]]], None]) == [1, 2, 3, 4]
    assert flatten([1, [2, [3, [4]]], None], levels=1, skip_nulls=False) == [1, 2, [3, [4]], None]


def test_values_are_extracted_by_one_key_or_several():
    hosts = {"a": {"x": {"y": 1}}}
    assert extract(JINJA, "a", hosts, ["x", "y"]) == extract(JINJA, "y", {"y": 1}) == 1
    assert extract(JINJA, "a", hosts, "x") == {"y": 1}


def test_each_item_comes_with_each_item_below_it():
    users = [{"n": "a", "keys": {"ssh": ["k", "l"]}}, {"n": "b"}]
    assert [pair[1] for pair in subelements(users, "keys.ssh", skip_missing=True)] == ["k", "l"]
    assert subelements({"x": {"l": [1]}}, ["l"]) == [[{"l": [1]}, 1]]


def test_texts_are_joined():
    assert join(JINJA, [None, 1, "a"], "-") == "None-1-a"
    assert join(JINJA, [{"n": {"m": "x"}}, {"n": {"m": 2}}], ",", "n.m") == "x,2"
