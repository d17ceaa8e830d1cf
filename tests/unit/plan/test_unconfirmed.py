"""Only what lies there as the run, or the node, left it matters."""

from __future__ import annotations

from tests.fakes.nouns import manifest, observation, written

from podwright.plan.pending import Pending, SwitchState
from podwright.plan.unconfirmed import taken_back, told, unconfirmed, waiting
from podwright.plan.words import hint, message
from podwright.plan.writes import NOTHING

FILE = written(manifest(), 2)
WAITS = Pending("r1", "web.yaml", SwitchState.ARMED, who="ada@desk", left=42.0, sha256s=(FILE.sha256,))
FIRED = Pending("r1", "web.yaml", SwitchState.FIRED, sha256s=(FILE.sha256,))


def test_what_was_changed_since_may_not_go_back() -> None:
    seen = observation(FILE, pending=(WAITS,))
    assert waiting(seen) == (WAITS,)
    assert waiting(observation(pending=(WAITS,))) == ()
    removed = Pending("r1", "web.yaml", SwitchState.LEFT, sha256s=(NOTHING,))
    assert waiting(observation(pending=(removed,))) == (removed,)
    assert taken_back(seen) == ()
    assert taken_back(observation(FILE, pending=(FIRED,))) == (FIRED,)
    assert taken_back(observation(pending=(FIRED,))) == ()


def test_another_run_is_told_whose_it_is_and_what_becomes_of_it() -> None:
    seen = observation(FILE, pending=(WAITS,))
    assert [*unconfirmed(seen, "r1")] == []
    [reason] = unconfirmed(seen, "r2")
    assert message(reason) == (
        "`web.yaml` is as the run r1 wrote it, which is not confirmed: it goes back by itself in 42 s (ada@desk)"
    )
    assert "podwright manifest confirm r1" in hint(reason)
    assert "podwright manifest revert r1" in hint(reason)
    left = Pending("r1", "web.yaml", SwitchState.LEFT, sha256s=(FILE.sha256,))
    [reason] = unconfirmed(observation(FILE, pending=(left,)), "")
    assert "nothing on the node waits to take it back any more" in message(reason)


def test_what_went_back_is_told_without_stopping_anything() -> None:
    seen = observation(FILE, pending=(FIRED,))
    assert [*told(seen)] == ["`web.yaml`: the node took it back: the run r1 was not confirmed in time"]
