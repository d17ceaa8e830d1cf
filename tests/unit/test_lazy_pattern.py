"""A pattern that nobody uses is not compiled, and one that is used is as any other."""

from __future__ import annotations

import re

import pytest

from podwright.lazy_pattern import lazy_pattern


def test_it_finds_what_a_compiled_pattern_finds() -> None:
    pattern = lazy_pattern("(?P<name>[a-z]+)=", re.IGNORECASE)
    for _ in range(2):
        assert pattern.findall("a=1, B=2") == ["a", "B"]
        found = pattern.fullmatch("Ab=")
        assert found
        assert found["name"] == "Ab"
    assert pattern.sub("", "a=1") == "1"
    assert pattern.pattern == "(?P<name>[a-z]+)="


def test_what_is_wrong_shows_at_the_first_use_and_what_no_pattern_has_is_not_there() -> None:
    wrong = lazy_pattern("(")
    with pytest.raises(re.error):
        wrong.search("x")
    with pytest.raises(AttributeError):
        _ = lazy_pattern("x").found  # type: ignore[attr-defined]
