"""Facts are frozen, and one that is unknown is not taken for another value."""

from __future__ import annotations

import pytest

from podwright.plan.facts import Swap, Sysctl
from podwright.plan.unknown_fact import Unknown


def test_what_is_unknown_equals_no_value_and_has_a_reason() -> None:
    assert Unknown("the login may not read it") not in (None, False, 0, "", ())
    assert Unknown("a") != Unknown("b")


def test_facts_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Swap((), ()).at_boot = ("/swap",)  # type: ignore[misc]


def test_a_sysctl_that_no_file_sets_may_be_another_after_a_boot() -> None:
    assert Sysctl("1").lasts == Sysctl("1").at_boot == Unknown("no file sets it")
