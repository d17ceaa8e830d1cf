"""What is known, one event later."""

from __future__ import annotations

from tests.fakes.nouns import WEB_ON_N1, manifest, mirror, running

from podwright.plan.events import (
    ClockRead,
    Deleted,
    FilesSeen,
    RuntimeSeen,
    RuntimeUnavailable,
    Ticked,
    Unlocked,
)
from podwright.plan.expectations import Expectation
from podwright.plan.node_view import ConnectionLost, MirrorsSeen, View
from podwright.plan.observed import Unavailable

WEB = manifest()
EXPECTED = Expectation("web.yaml", WEB_ON_N1)
VIEW = View({"web.yaml": "a"}, (running(WEB), running(manifest("other"))))


def test_evidence_is_of_the_files_and_the_pods_own_name() -> None:
    evidence = VIEW.evidence(EXPECTED)
    assert (evidence.file, evidence.sandboxes) == ("a", (running(WEB),))
    assert evidence.mirror == Unavailable("not asked for")
    seen = VIEW.advance(MirrorsSeen({WEB_ON_N1: mirror(WEB)}))
    assert seen.evidence(EXPECTED).mirror == mirror(WEB)
    assert VIEW.evidence(Expectation("gone.yaml", None)).file is None


def test_each_event_changes_what_it_is_about() -> None:
    assert VIEW.advance(ClockRead(5.0, 105.0)).clock == 100.0
    assert VIEW.advance(Ticked(7.0)).uptime == 7.0
    assert VIEW.advance(FilesSeen({})).files == {}
    assert VIEW.advance(Deleted(1.0, "web.yaml")).files == {}
    assert VIEW.advance(RuntimeSeen(1.0, ())).pods == ()
    assert VIEW.advance(Unlocked()) == VIEW


def test_what_cannot_be_asked_shows_nothing() -> None:
    assert VIEW.advance(RuntimeUnavailable("no socket")).runtime == ()
    lost = VIEW.advance(ConnectionLost("lost"))
    assert (lost.files, lost.pods) == (Unavailable("lost"), Unavailable("lost"))
    assert lost.with_file("web.yaml", "b").files == {"web.yaml": "b"}


def test_only_what_was_asked_by_name_just_now_is_fresh() -> None:
    fresh = VIEW.advance(MirrorsSeen({WEB_ON_N1: None}, fresh=True))
    assert fresh.fresh == {WEB_ON_N1}
    assert fresh.advance(MirrorsSeen({WEB_ON_N1: None})).fresh == frozenset()
