"""Reasons are values: a kind, and what it is about by name."""

from __future__ import annotations

import pickle
from enum import Enum

import pytest

from podwright.plan.reasons import Check, Condition, Conflict, Difference, Drift, Guarded, Reason, because

KINDS: tuple[type[Enum], ...] = (Conflict, Difference, Check, Condition, Drift, Guarded)


def test_equal_reasons_are_one():
    assert because(Conflict.PORT_TAKEN, other="a.yaml") == because(Conflict.PORT_TAKEN, other="a.yaml")
    assert len({because(Conflict.LINK), because(Conflict.LINK), because(Conflict.DIRECTORY)}) == 2


def test_reasons_differ_by_what_they_are_about():
    assert because(Conflict.PORT_TAKEN, other="a.yaml") != because(Conflict.PORT_TAKEN, other="b.yaml")


def test_the_same_word_of_two_kinds_is_not_the_same_reason():
    assert Conflict.POD_DEFINED_TWICE.value == Condition.POD_DEFINED_TWICE.value
    assert because(Conflict.POD_DEFINED_TWICE) != because(Condition.POD_DEFINED_TWICE)


def test_a_reason_keeps_its_data_in_the_order_given():
    reason = because(Difference.MODE, mode="644", wanted="600")
    assert reason == Reason(Difference.MODE, (("mode", "644"), ("wanted", "600")))
    assert pickle.loads(pickle.dumps(reason)) == reason


@pytest.mark.parametrize("kinds", KINDS, ids=lambda kinds: kinds.__name__)
def test_ids_are_unique_lower_case_words(kinds):
    ids = [kind.value for kind in kinds]
    assert len(set(ids)) == len(kinds.__members__) == len(ids)
    assert all(part.isalpha() and part.islower() for id_ in ids for part in id_.split("-"))
