"""The watch on feeds from a script: what breaks it, what it does then, and what bounds it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.fakes.api_client import until

from podwright.errors import (
    ClusterAnswerError,
    ClusterError,
    ClusterForbiddenError,
    ClusterTimeoutError,
    ClusterUnreachableError,
    KubeconfigError,
)
from podwright.plan.observed import MirrorPod
from podwright.pods.pod_ref import PodRef
from podwright.remote.kube import mirror_watch
from podwright.remote.kube.mirror_watch import MirrorWatch, Pauses
from podwright.remote.kube.pod_feed import ChangeKind, PodChange, PodList, VersionGoneError

RECORDED = Path(__file__).parents[3] / "recorded" / "watch"
LABEL = "podwright.dev/managed=true"
WEB = PodRef("default", "web-n1")
APP = PodRef("default", "app-n2")


class Feed:
    """A feed from a script: each step is a list of pods, or changes to stream, or an error to raise."""

    def __init__(self, *steps: object) -> None:
        self.steps = list(steps)
        self.lists = 0
        self.versions: list[str] = []
        self.cancelled = threading.Event()

    def _next(self) -> object:
        if not self.steps:
            self.cancelled.wait(300)
            raise ClusterUnreachableError("cancelled")
        step = self.steps.pop(0)
        if isinstance(step, BaseException):
            raise step
        return step

    def list_pods(self, label_selector: str) -> PodList:
        self.lists += 1
        return PodList(tuple(self._next()), str(self.lists * 100))

    @contextmanager
    def watch_pods(self, label_selector: str, version: str) -> Iterator[Iterator[PodChange]]:
        self.versions.append(version)
        yield iter(self._next())

    def cancel(self) -> None:
        self.cancelled.set()


def quick() -> Pauses:
    return Pauses(shortest=0.001, longest=0.002)


def test_every_break_leads_to_a_list_and_a_clean_end_does_not():
    mirror = MirrorPod(WEB)
    feed = Feed(
        [mirror],
        [PodChange(ChangeKind.BOOKMARK, "150")],
        [],
        VersionGoneError("gone"),
        [],
        ClusterTimeoutError("slow"),
        ClusterAnswerError("ill"),
        [mirror],
    )
    with MirrorWatch(feed, LABEL, quick()) as watch:
        until(watch, lambda: feed.lists == 4 and not watch.trouble)
        assert watch.get(WEB) == mirror
    assert feed.versions[:4] == ["100", "150", "150", "200"]


@pytest.mark.parametrize("error", [KubeconfigError("no plugin"), ClusterForbiddenError("no rights")])
def test_what_time_does_not_heal_is_not_tried_again(error):
    feed = Feed(error, [])
    with MirrorWatch(feed, LABEL, quick()) as watch:
        with pytest.raises(type(error)):
            watch.wait_synced(60)
        until(watch, lambda: watch.trouble == error.message)
    assert feed.lists == 1


def test_a_first_list_that_does_not_come_is_a_timeout():
    with MirrorWatch(Feed(), LABEL) as watch:
        with pytest.raises(ClusterTimeoutError, match=r"within 0\.05 s"):
            watch.wait_synced(0.05)
        assert "has not come yet" in watch.trouble


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_in_the_thread_does_not_leave_stale_news_as_current():
    with MirrorWatch(Feed([MirrorPod(WEB)], [ZeroDivisionError]), LABEL, quick()) as watch:
        until(watch, lambda: watch.trouble == "the watch ended")


def test_a_stream_without_end_is_bounded(monkeypatch):
    monkeypatch.setattr(mirror_watch, "MAX_PODS", 10)
    changes = [PodChange(ChangeKind.ADDED, "1", MirrorPod(PodRef("a", str(number)))) for number in range(11)]
    with MirrorWatch(Feed([], changes, ClusterError("x")), LABEL, quick()) as watch:
        until(watch, lambda: "more than 10 pods" in watch.trouble or watch.trouble == "x")
        assert len(watch.pods()) <= 10


@pytest.mark.parametrize(
    ("error", "healthy"), [(ClusterAnswerError("too much"), False), (ClusterUnreachableError("cut"), True)]
)
def test_pauses_go_on_growing_while_the_api_floods_us(monkeypatch, error, healthy):
    """However long each flood lasts: only an honest stream starts with the shortest pause again."""
    monkeypatch.setattr(mirror_watch, "_HEALTHY_SECONDS", -1.0)
    resets: list[int] = []
    monkeypatch.setattr(Pauses, "reset", lambda self: resets.append(feed.lists))
    feed = Feed([], error, [], error, [])
    with MirrorWatch(feed, LABEL, quick()) as watch:
        until(watch, lambda: feed.lists == 3 and not watch.trouble)
        assert resets == ([1, 2] if healthy else [])


def test_closing_before_starting_and_twice_is_fine():
    watch = MirrorWatch(Feed(), LABEL)
    watch.close()
    watch.close()
    assert watch.trouble


def test_pauses_grow_to_a_limit_with_jitter_and_start_anew():
    pauses = Pauses(shortest=1.0, longest=8.0, rolled=lambda: 1.0)
    assert [pauses.next() for _ in range(5)] == [1.0, 2.0, 4.0, 8.0, 8.0]
    pauses.reset()
    assert pauses.next() == 1.0
    assert Pauses(shortest=1.0, rolled=lambda: 0.0).next() == 0.5
