"""When the kubelet notices that something started or died, and which picture a worker acts on."""

import pytest
from tests.fakes.kubelet_bench import pod

from podwright_lab.kubelet.agenda import Scope
from podwright_lab.kubelet.pleg import Pleg


@pytest.fixture
def heard():
    return []


@pytest.fixture
def pleg(bench, heard):
    made = Pleg(bench.run, bench.runtime, heard.append)
    made.start()
    return made


def test_a_start_is_noticed_at_the_next_look(bench, pleg, heard):
    bench.after(0.5)
    bench.start(pod())
    assert heard == []
    bench.after(1.0)
    assert [(event.uid, event.died) for event in heard] == [("u-1", ())]
    assert pleg.seen_running() == {"u-1"}


def test_nothing_is_told_twice(bench, pleg, heard):
    bench.start(pod())
    bench.after(1.5)
    heard.clear()
    bench.after(5.0)
    assert heard == []


def test_a_death_names_the_container(bench, pleg, heard):
    _, container = bench.start(pod())
    bench.after(2.0)
    heard.clear()
    bench.do(bench.runtime.stop_container(container.id, 0))
    bench.after(2.0)
    assert [event.died for event in heard] == [(container.id,)]


def test_a_look_out_of_turn_is_soon(bench, pleg, heard):
    bench.after(0.15)
    bench.start(pod())
    pleg.relist_soon("u-1")
    bench.after(0.01)
    assert [event.uid for event in heard] == ["u-1"]


def test_a_worker_waits_for_a_picture_that_is_newer_than_its_last_act(bench, pleg):
    bench.after(0.5)
    acted = bench.agenda.now
    pictures = []

    def worker():
        pictures.append((yield from pleg.newer_than("u-1", acted)))

    bench.agenda.spawn(worker(), Scope())
    bench.after(0.1)
    assert pictures == []
    bench.after(1.0)
    assert pictures[0].at > acted
    assert pictures[0].sandboxes == []


def test_any_picture_will_do_for_a_worker_that_has_not_acted(bench, pleg):
    bench.start(pod())
    bench.after(1.5)
    picture = bench.do(pleg.newer_than("u-1", -1.0))
    assert picture.sandboxes[0].uid == "u-1"
    assert picture.newest("c").running


def test_a_pod_of_which_nothing_is_left_is_forgotten(bench, pleg):
    sandbox, container = bench.start(pod())
    bench.after(1.5)
    bench.do(bench.runtime.stop_pod("u-1", 0))
    bench.runtime.remove_container(container.id)
    bench.runtime.remove_sandbox(sandbox.id)
    bench.after(1.5)
    assert pleg.seen_running() == set()
    assert bench.do(pleg.newer_than("u-1", -1.0)).sandboxes == []
