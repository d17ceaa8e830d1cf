"""How long nothing of a pod ran, and how much longer the old one may take to end."""

from __future__ import annotations

from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, observation, plan_of, running, written

from podwright.plan.health import Health
from podwright.plan.track import Track

OLD, NEW = manifest(), manifest(image="example.com/web:2")
[WANTED] = plan_of([NEW], [], observation(written(OLD), pods=(running(OLD),))).expectations


def test_the_grace_period_counts_from_the_write_and_nothing_is_due_before() -> None:
    track = Track(Health(WANTED, ()))
    assert track.grace_left(10.0) == 0
    written_at = replace(track, written_at=10.0)
    assert [written_at.grace_left(uptime) for uptime in (10.0, 35.0, 41.0)] == [30.0, 5.0, -1.0]


def test_only_a_pod_that_runs_is_seen() -> None:
    track = Track(Health(WANTED, ()))
    ended = running(OLD, ready=False)
    assert track.saw(5.0, (ended,)).first_seen == {}
    assert track.saw(5.0, (running(OLD),)).old_seen_at == 5.0
