"""A sealed value is opened once, when it is asked for, and never shows."""

from __future__ import annotations

import copy
import pickle

import pytest

from podwright.expressions.encrypted_values import Sealed
from podwright.expressions.errors import ExpressionError


def test_it_is_opened_once_and_only_when_it_is_asked_for():
    opened = []
    value = Sealed(lambda: opened.append(1) or {"a": "hunter2"})
    assert (repr(value), str(value), f"{value}", opened) == ("[redacted]",) * 3 + ([],)
    assert value != Sealed(lambda: {"a": "hunter2"})
    assert value.value() is value.value()
    assert opened == [1]
    assert "hunter2" not in f"{[value]!r} {value:>9}"


def test_a_failure_is_the_same_each_time():
    tries = []

    def fails() -> str:
        tries.append(1)
        raise ExpressionError("no password", "give one")

    value = Sealed(fails)
    for _ in range(2):
        with pytest.raises(ExpressionError, match="no password"):
            value.value()
    assert tries == [1]


@pytest.mark.parametrize("travel", [pickle.dumps, copy.copy, copy.deepcopy])
def test_it_does_not_travel(travel):
    with pytest.raises(TypeError, match="secret"):
        travel(Sealed(lambda: "hunter2"))
