"""Every reason why a guarded node is left alone says what to do, and what may be accepted says how."""

from __future__ import annotations

import pytest

from podwright.plan.quorum import Verdict
from podwright.plan.quorum_words import GUARDED
from podwright.plan.reasons import Guarded, because
from podwright.plan.words import hint


@pytest.mark.parametrize("kind", [*Guarded], ids=str)
def test_what_can_be_accepted_says_so_and_nothing_else_does(kind: Guarded) -> None:
    accepted = not Verdict((because(kind),)).accepting().reasons and kind is not Guarded.NOT_BACK
    assert ("--accept-quorum-loss" in GUARDED[kind][1]) == accepted


def test_a_node_is_named_where_a_command_is_about_it() -> None:
    assert "`kubectl uncordon cp-2`" in hint(because(Guarded.CORDONED, node="cp-2"))
