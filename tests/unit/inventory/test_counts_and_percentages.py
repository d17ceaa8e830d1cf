"""So many, or so many in a hundred."""

from __future__ import annotations

import pytest

from podwright.inventory.counts_and_percentages import Amount


@pytest.mark.parametrize(("text", "of_seven"), [("3", 3), ("20%", 2), ("100%", 7), ("1%", 1), ("0%", 0)])
def test_a_percentage_is_rounded_up(text: str, of_seven: int) -> None:
    assert Amount.read(text).of(7) == of_seven
    assert str(Amount.read(text)) == text


@pytest.mark.parametrize("text", ["", "-1", "a", "3 %", "%", "1.5", "99999999999"])
def test_other_text_is_no_amount(text: str) -> None:
    assert Amount.read(text) is None
