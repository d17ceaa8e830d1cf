"""How a kubelet follows the pods of its node."""

import pytest

from podwright_lab.kubelet.api_source import ApiSource


@pytest.fixture
def heard():
    return []


@pytest.fixture
def source(bench, heard):
    made = ApiSource(bench.run, lambda found, present: heard.append((found["metadata"]["name"], present)))
    yield made
    made.stop()


def add(bench, name, node="n1"):
    spec = {"nodeName": node, "containers": [{"name": "c", "image": "busybox:1"}]}
    return bench.store.create("pods", {"metadata": {"name": name}, "spec": spec})


def remove(bench, name):
    bench.store.delete("pods", "default", name, grace_seconds=0)


def test_it_is_ready_once_it_has_listed_what_is_there(bench, source, heard):
    add(bench, "a")
    add(bench, "b", node="n2")
    assert not source.ready
    source.start()
    assert source.ready
    assert heard == [("a", True)]


def test_it_hears_of_changes_of_its_own_node(bench, source, heard):
    source.start()
    add(bench, "a")
    add(bench, "b", node="n2")
    bench.after(0.1).after(0.1)
    remove(bench, "a")
    bench.after(0.1).after(0.1)
    assert (heard[0], heard[-1]) == (("a", True), ("a", False))
    assert {name for name, _ in heard} == {"a"}


def test_what_was_listed_is_not_told_again(bench, source, heard):
    source.start()
    heard.clear()
    bench.after(1).after(1)
    assert heard == []


def test_it_waits_for_an_api_that_is_down(bench, source, heard):
    add(bench, "a")
    bench.store.available = False
    source.start()
    bench.after(3)
    assert not source.ready
    bench.store.available = True
    bench.after(3)
    assert source.ready
    assert heard == [("a", True)]


def test_what_was_deleted_while_the_api_was_away_is_told_afterwards(bench, source, heard):
    add(bench, "a")
    add(bench, "b")
    source.start()
    heard.clear()
    bench.store.available = False
    bench.after(1)
    bench.store.available = True
    remove(bench, "a")
    bench.after(3)
    assert heard == [("a", False)]


def test_it_hears_nothing_once_it_has_stopped(bench, source, heard):
    source.start()
    source.stop()
    add(bench, "a")
    bench.after(1).after(1)
    assert heard == []
