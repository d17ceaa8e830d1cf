from __future__ import annotations

import pytest

from podwright.plan.preflight_words import CHECKS
from podwright.plan.reasons import Check


@pytest.mark.parametrize("check", Check, ids=str)
def test_every_check_says_what_is_wrong_and_what_to_do(check: Check) -> None:
    message, hint = CHECKS[check]
    assert message
    assert hint
    assert not hint.endswith(".")
