"""What is missing may be asked about, and is an error when it is used."""

from __future__ import annotations

import pytest

from podwright.expressions.undefined import MissingError, MissingValue, kind_of, name_of, written_at
from podwright.problem import Place


def test_a_part_of_what_is_missing_is_missing_too():
    value = MissingValue(name="a")
    assert value.b["c"].d is value
    assert name_of(value.b) == "a"


@pytest.mark.parametrize(
    "use", [str, list, len, bool, hash, lambda value: value + 1, lambda value: value == 1]
)
def test_using_it_is_an_error_that_names_it(use):
    with pytest.raises(MissingError, match="`a` is undefined") as caught:
        use(written_at(MissingValue(name="a"), Place("f", 3)))
    assert (caught.value.name, caught.value.owner, caught.value.place) == ("a", "", Place("f", 3))


def test_the_first_place_stays():
    value = written_at(written_at(MissingValue(name="a"), Place("f", 3)), Place("g", 1))
    with pytest.raises(MissingError) as caught:
        str(value)
    assert caught.value.place == Place("f", 3)


def test_a_part_that_is_not_there_says_of_what():
    with pytest.raises(MissingError, match="there is no `x` in this mapping") as caught:
        str(MissingValue(obj={"secret": 1}, name="x"))
    assert caught.value.owner == "mapping"


def test_the_interpreter_cannot_be_reached_through_it():
    with pytest.raises(AttributeError):
        MissingValue(name="a").__getattr__("_undefined_nothing")


def test_every_kind_of_value_has_a_word():
    words = [kind_of(value) for value in ({}, "", True, 1, 1.5, [], (), None)]
    assert words == ["mapping", "text", "truth value", "number", "number", "list", "list", "value"]
