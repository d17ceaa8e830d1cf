"""What waits may be confirmed or taken back; what has ended may not."""

from __future__ import annotations

import pytest

from podwright.plan.pending import Pending, SwitchState


@pytest.mark.parametrize("state", SwitchState)
def test_what_has_ended_waits_for_nothing(state) -> None:
    ended = state not in (SwitchState.ARMED, SwitchState.LEFT)
    assert Pending("r1", "web.yaml", state).waits is not ended
