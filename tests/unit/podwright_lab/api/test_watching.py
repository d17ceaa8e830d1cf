"""A watch sees every change once, through its selector, and ends when it should."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from podwright_lab.api import watching
from podwright_lab.api.api_error import ApiError, ApiUnavailable
from podwright_lab.api.store import Store


def told(watch):
    return [(event.type, event.object["metadata"]["name"]) for event in watch.pending()]


@pytest.fixture(autouse=True)
def _node(add_node):
    add_node("n1")


def relabel(store, name, label):
    store.patch("pods", "default", name, {"metadata": {"labels": {"app": label}}})


def test_a_watch_from_nowhere_begins_with_what_is_there(store, add_mirror):
    add_mirror("a")
    for version in (None, "", "0"):
        assert told(store.watch("pods", resource_version=version)) == [("ADDED", "a-n1")]


def test_a_watch_from_a_version_sees_what_came_after_it(store, add_mirror):
    add_mirror("a")
    version = store.resource_version
    add_mirror("b")
    relabel(store, "a-n1", "x")
    store.delete("pods", "default", "b-n1", grace_seconds=0)
    watch = store.watch("pods", resource_version=version)
    expected = [("ADDED", "b-n1"), ("MODIFIED", "a-n1"), ("MODIFIED", "b-n1"), ("DELETED", "b-n1")]
    assert told(watch) == expected
    assert told(watch) == []


def test_an_object_that_stops_to_match_is_deleted_and_one_that_starts_to_is_added(store, add_mirror):
    add_mirror("a")
    watch = store.watch("pods", label_selector="app=a", resource_version=store.resource_version)
    relabel(store, "a-n1", "other")
    (gone,) = watch.pending()
    assert gone.type == "DELETED"
    assert gone.object["metadata"]["labels"] == {"app": "a"}
    assert gone.object["metadata"]["resourceVersion"] == store.resource_version
    store.update_status("pods", "default", "a-n1", {"phase": "Running"})
    assert told(watch) == []
    relabel(store, "a-n1", "a")
    assert told(watch) == [("ADDED", "a-n1")]


def test_the_same_transitions_come_out_of_the_history(store, add_mirror):
    add_mirror("a")
    version = store.resource_version
    relabel(store, "a-n1", "other")
    relabel(store, "a-n1", "a")
    watch = store.watch("pods", label_selector="app=a", resource_version=version)
    assert told(watch) == [("DELETED", "a-n1"), ("ADDED", "a-n1")]


def test_a_deleted_object_that_never_matched_is_not_told(store, add_mirror):
    add_mirror("a")
    watch = store.watch("pods", label_selector="app=z", resource_version=store.resource_version)
    store.delete("pods", "default", "a-n1", grace_seconds=0)
    assert told(watch) == []


def test_other_namespaces_and_kinds_are_not_told(store, add_mirror):
    watch = store.watch("pods", "kube-system", resource_version=store.resource_version)
    add_mirror("a")
    store.create("namespaces", {"metadata": {"name": "x"}})
    assert told(watch) == []
    add_mirror("a", metadata={"namespace": "kube-system"})
    assert told(watch) == [("ADDED", "a-n1")]


def test_a_streaming_list_ends_with_a_bookmark_that_says_so(store, add_mirror):
    add_mirror("a")
    watch = store.watch("pods", initial_events=True, bookmarks=True)
    listed, end = watch.pending()
    assert listed.type == "ADDED"
    assert end.type == "BOOKMARK"
    assert end.object["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
    assert end.object["metadata"]["resourceVersion"] == store.resource_version


def test_a_compacted_version_is_gone_and_the_current_one_is_not(store, add_mirror):
    version = store.resource_version
    store.compact()
    with pytest.raises(ApiError, match=f"^too old resource version: {version} ") as caught:
        store.watch("pods", resource_version=version)
    assert (caught.value.code, caught.value.reason) == (410, "Expired")
    watch = store.watch("pods", resource_version=store.resource_version)
    add_mirror("a")
    assert told(watch) == [("ADDED", "a-n1")]


@pytest.mark.parametrize("version", ["x", "-1", "1.5", "٣", "9" * 30])
def test_what_is_no_version_is_refused(store, version):
    with pytest.raises(ApiError, match="invalid resource version"):
        store.watch("pods", resource_version=version)


def test_a_watch_ends_at_its_timeout_with_a_bookmark(store):
    watch = store.watch("pods", resource_version=store.resource_version, bookmarks=True, timeout=0.05)
    assert [event["type"] for event in watch] == ["BOOKMARK"]
    assert watch.closed


def test_a_quiet_watch_sends_bookmarks_and_looks_around(store):
    watch = store.watch("pods", resource_version=store.resource_version, bookmarks=True, timeout=60)
    batches = []
    for batch in watch.batches(bookmark_after=0.05, look_after=0.02):
        batches.append(batch)
        if () in batches and sum(map(bool, batches)) >= 2:
            watch.close()
    assert () in batches
    assert sum(map(bool, batches)) >= 2
    assert {event.type for batch in batches for event in batch} == {"BOOKMARK"}


def test_closing_a_watch_from_elsewhere_ends_it_after_what_was_unread(store, add_mirror):
    watch = store.watch("pods", resource_version=store.resource_version)
    add_mirror("a")
    ended = []
    reader = threading.Thread(target=lambda: ended.extend(event["type"] for event in watch))
    reader.start()
    watch.close()
    reader.join(60)
    assert not reader.is_alive()
    assert ended == ["ADDED"]
    assert watch.wait(0) is None


def test_wake_is_called_for_what_is_told_and_for_nothing_else(store, add_mirror):
    calls = []
    watch = store.watch(
        "pods", label_selector="app=a", resource_version=store.resource_version, wake=lambda: calls.append(1)
    )
    add_mirror("b")
    assert calls == []
    add_mirror("a")
    assert calls == [1]
    assert told(watch) == [("ADDED", "a-n1")]


def test_a_watch_that_nobody_reads_is_cut_off(store, monkeypatch):
    monkeypatch.setattr(watching, "MAX_UNREAD", 3)
    watch = store.watch("events", resource_version=store.resource_version)
    for number in range(5):
        store.create("events", {"metadata": {"name": f"e{number}", "namespace": "default"}})
    assert watch.closed


def test_leaving_the_block_closes_a_watch(store, add_mirror):
    with store.watch("pods", resource_version=store.resource_version) as watch:
        pass
    add_mirror("a")
    assert watch.pending() == ()


def test_a_bookmark_never_overtakes_an_event(store):
    stop = threading.Event()

    def write():
        number = 0
        while not stop.is_set():
            number += 1
            store.create("events", {"metadata": {"name": f"e{number}", "namespace": "default"}})

    watch = store.watch("events", resource_version=store.resource_version, bookmarks=True, timeout=1)
    writer = threading.Thread(target=write)
    writer.start()
    seen = []
    for batch in watch.batches(bookmark_after=0):
        seen += [int(event.object["metadata"]["resourceVersion"]) for event in batch]
        if len(seen) > 2000:
            watch.close()
    stop.set()
    writer.join()
    assert seen == sorted(seen)


def test_a_slow_store_is_interrupted_by_its_end():
    store = Store()
    store.delay = 300
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(store.list, "pods")
        store.available = False
        with pytest.raises(ApiUnavailable):
            answer.result(30)
