"""How long nothing of a pod ran, and how much longer the old one may take to end."""

from __future__ import annotations

from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, observation, plan_of, running, written

from podwright.plan.expectation_progress import Track
from podwright.plan.health import Health

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


def test_a_pod_that_started_beside_the_old_one_left_no_gap_while_that_one_ran() -> None:
    expectation = replace(WANTED, old_uid="", beside=OLD.pod.on("n1"), pod=NEW.in_slot(2).pod.on("n1"))
    new = replace(running(NEW, uid="u2"), ref=expectation.pod)
    track = replace(Track(Health(expectation, (), uid="u2")), written_at=1.0).saw(0.5, (running(OLD),))
    both = track.saw(4.0, (running(OLD), new)).saw(5.0, (running(OLD), new))
    assert both.gap.seconds == 0.0
    # it ended by itself before
    assert track.saw(4.0, (new,)).gap.seconds == 3.0
