"""Whose turn a full name is, and what each worker does next."""

import pytest
from tests.fakes.kubelet_bench import pod

from podwright_lab.kubelet.pleg import Pleg
from podwright_lab.kubelet.pod_workers import PodWorkers, SyncError


class Syncer:
    """Writes down what it is asked to do; `takes` seconds for a termination."""

    def __init__(self, agenda):
        self.agenda, self.done, self.takes, self.error, self.over = agenda, [], 1.0, None, False

    def _note(self, what, uid):
        self.done.append((round(self.agenda.now, 1), what, uid))

    def sync(self, of, _mirror, _status):
        self._note("sync", of["metadata"]["uid"])
        yield 0.0
        if self.error is not None:
            raise self.error
        return self.over

    def terminate(self, of, _status, grace):
        self._note(f"terminate {grace:g}", of["metadata"]["uid"])
        yield self.takes

    def terminate_orphan(self, uid, grace):
        self._note(f"orphan {grace:g}", uid)
        yield self.takes

    def clean(self, of, _status):
        self._note("clean", of["metadata"]["uid"])
        yield 0.0

    def what(self, uid=None):
        return [what for _, what, of in self.done if uid in (None, of)]


@pytest.fixture
def syncer(bench):
    return Syncer(bench.agenda)


@pytest.fixture
def workers(bench, syncer):
    pleg = Pleg(bench.run, bench.runtime, lambda _: None)
    pleg.start()
    made = PodWorkers(bench.run, syncer, pleg)

    def requeue():
        for uid in made.due():
            made.retry(uid)

    bench.agenda.every(1.0, requeue, bench.scope)
    return made


def test_a_pod_is_synced_once_it_is_there(bench, workers, syncer):
    workers.update(pod("u-1"), None, create=True)
    bench.after(5)
    assert syncer.what() == ["sync"]
    assert workers.knows("u-1")
    assert not workers.ending("u-1")


def test_a_pod_that_ends_is_terminated_with_its_grace_and_cleaned(bench, workers, syncer):
    workers.update(pod("u-1"), None, create=True)
    bench.after(3)
    workers.end(pod("u-1"))
    assert workers.ends_name("default/app-n1")
    bench.after(5)
    assert syncer.what() == ["sync", "terminate 2", "clean"]
    assert not workers.ends_name("default/app-n1")


def test_the_next_generation_waits_for_the_end_of_the_one_before(bench, workers, syncer):
    syncer.takes = 4.0
    workers.update(pod("u-1"), None, create=True)
    bench.after(3)
    workers.end(pod("u-1"))
    workers.update(pod("u-2"), None, create=True)
    bench.after(30)
    cleaned = next(t for t, what, _ in syncer.done if what == "clean")
    started = next(t for t, what, uid in syncer.done if uid == "u-2")
    assert cleaned < started
    assert 10 <= started - 3 <= 16.5


def test_a_generation_that_comes_after_the_end_starts_at_once(bench, workers, syncer):
    workers.update(pod("u-1"), None, create=True)
    bench.after(3)
    workers.end(pod("u-1"))
    bench.after(5)
    workers.update(pod("u-2"), None, create=True)
    bench.after(0.1)
    assert syncer.what("u-2") == ["sync"]


def test_a_generation_that_never_started_is_passed_over(bench, workers, syncer):
    syncer.takes = 4.0
    workers.update(pod("u-1"), None, create=True)
    bench.after(3)
    workers.end(pod("u-1"))
    workers.update(pod("u-2"), None, create=True)
    bench.after(1)
    workers.end(pod("u-2"))
    workers.update(pod("u-3"), None, create=True)
    bench.after(30)
    assert syncer.what("u-2") == []
    assert "sync" in syncer.what("u-3")


def test_the_same_content_that_comes_back_starts_again_after_its_end(bench, workers, syncer):
    syncer.takes = 4.0
    workers.update(pod("u-1"), None, create=True)
    bench.after(3)
    workers.end(pod("u-1"))
    bench.after(1)
    workers.update(pod("u-1"), None, create=True)
    bench.after(10)
    assert workers.forget_finished({"u-1"}) == ["u-1"]
    assert not workers.knows("u-1")


@pytest.mark.parametrize(("wait", "least", "most"), [(3.0, 3, 5), (None, 10, 17)])
def test_a_sync_that_failed_is_repeated(bench, workers, syncer, wait, least, most):
    syncer.error = SyncError("no network", wait)
    workers.update(pod("u-1"), None, create=True)
    bench.after(20)
    (first, *_), (second, *_) = syncer.done[:2]
    assert least <= second - first <= most
    assert 'err="no network" pod="default/app-n1" podUID="u-1"' in bench.lines[0]


def test_a_pod_that_is_over_by_itself_is_terminated(bench, workers, syncer):
    syncer.over = True
    workers.update(pod("u-1"), None, create=True)
    bench.after(5)
    assert syncer.what() == ["sync", "terminate 2", "clean"]
    workers.update(pod("u-1"), None)
    bench.after(5)
    assert len(syncer.done) == 3


def test_what_runs_without_a_spec_is_ended_with_a_second(bench, workers, syncer):
    workers.end_orphan("u-9", "u-9")
    bench.after(5)
    assert syncer.what("u-9") == ["orphan 1"]


def test_housekeeping_drops_what_is_over_and_ends_what_nobody_wants(bench, workers, syncer):
    for uid, name in (("u-1", "one"), ("u-2", "two")):
        workers.update(pod(uid, name), None, create=True)
    bench.after(3)
    assert workers.forget_finished({"u-1"}) == []
    bench.after(5)
    assert workers.ending("u-2")
    workers.forget_finished({"u-1"})
    assert (workers.knows("u-1"), workers.knows("u-2")) == (True, False)
    assert workers.content_may_go("u-2")
    assert not workers.content_may_go("u-1")
