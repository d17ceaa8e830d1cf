"""New, still there, mended, or not to be told: one check beside the one before."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, mirror, running

from podwright.plan.drift import Finding
from podwright.plan.drift_history import Before, DriftHistory, NodeBefore, Scope, Seen, restarted
from podwright.plan.observed import ContainerState, ObservedContainer
from podwright.plan.reasons import Difference, Drift, because

WEB = manifest()
EDITED = Finding("n1", Drift.FILE_CHANGED, "web.yaml", because(Difference.EDITED))
MISSING = Seen("file-missing", "a.yaml", "it should be there", 10)
WAS_EDITED = Seen("file-changed", "web.yaml", "the content changes", 20)


def history(*seen: Seen, restarts=None) -> DriftHistory:
    return DriftHistory(100, Scope(), Before(50, Scope(), {"n1": NodeBefore(seen, False, restarts or {})}))


def test_what_was_there_keeps_its_time_whatever_its_detail_and_what_is_new_has_this_checks():
    other = replace(EDITED, subject="b.yaml")
    course = history(WAS_EDITED).course("n1", (EDITED, other), whole=True)
    assert course.since == {("file-changed", "web.yaml"): 20, ("file-changed", "b.yaml"): 100}
    assert course.new == (("file-changed", "b.yaml"),)


def test_what_was_excused_is_new_once_it_counts_and_what_was_reported_is_not_new_again():
    key = ("file-changed", "web.yaml")
    first = history().course("n1", (), (EDITED,), whole=True)
    assert (first.new, first.reported, dict(first.since)) == ((), (), {key: 100})
    excused = replace(WAS_EDITED, reported=False)
    assert history(excused).course("n1", (EDITED,), whole=True).new == (key,)
    assert history(excused).course("n1", (), whole=True).mended == ()
    again = history(WAS_EDITED).course("n1", (), (EDITED,), whole=True)
    assert (again.new, again.reported) == ((), (key,))


def test_a_node_that_can_no_longer_be_checked_is_a_change():
    known = history(WAS_EDITED)
    course = known.course("n1", (EDITED,), whole=True)
    assert not known.changed("n1", course, unchecked=False)
    assert known.changed("n1", course, unchecked=True)


def test_only_a_node_that_was_checked_whole_has_anything_mended():
    assert history(MISSING).course("n1", (), whole=True).mended == (MISSING,)
    unseen = history(MISSING, restarts={("u1", "main"): 2}).course("n1", (), whole=False)
    assert (unseen.mended, unseen.unconfirmed, unseen.restarts) == ((), (MISSING,), {("u1", "main"): 2})


def pod(attempt: int, uid: str = "u1"):
    containers = (ObservedContainer("main", "CONTAINER_RUNNING", attempt, 999_000.0),)
    return running(WEB, uid=uid, containers=containers)


@pytest.mark.parametrize(
    ("attempt", "before", "uid", "told", "expected"),
    [
        (3, 1, "u1", (), ["container `main` was started again 2 times since the check before: 3 restarts"]),
        (3, 2, "u1", (), ["container `main` was started again 1 time since the check before: 3 restarts"]),
        (3, 3, "u1", (), []),
        (3, None, "u1", (), []),  # no check before saw it
        (3, 1, "u2", (), []),  # another pod
        (3, 1, "u1", ("default/web-n1",), []),  # it crash-loops
    ],
)
def test_restarts_since_the_check_before(attempt, before, uid, told, expected):
    known = NodeBefore((), False, {} if before is None else {("u1", "main"): before})
    found = restarted("n1", (pod(attempt, uid),), known, told, lambda ref: None)
    assert [finding.detail for finding in found] == expected


def test_how_it_ended_is_told_if_the_api_shows_it():
    ended = ContainerState("main", "running", True, restart_count=3, exit_code=137, last_reason="OOMKilled")
    shown = mirror(WEB, containers=(ended,))
    [finding] = restarted("n1", (pod(3),), NodeBefore((), False, {("u1", "main"): 2}), (), lambda ref: shown)
    assert finding.detail.endswith("3 restarts, last exit code 137 (OOMKilled)")
