"""Versions, history and watches of what is stored."""

import pytest

from podwright_lab.api.api_error import ApiError
from podwright_lab.api.contents import Contents, within
from podwright_lab.api.kinds import KINDS
from podwright_lab.api.paging import Start

PODS, NODES = KINDS["pods"], KINDS["nodes"]


def pod(name, namespace="default", **labels):
    return {"metadata": {"name": name, "namespace": namespace, "labels": labels}}


@pytest.fixture
def contents():
    return Contents(history=3)


def follow(
    contents, matches=lambda _: True, *, namespace=None, since=None, initial=False, bookmarks=False, wake=None
):
    return contents.follow(
        PODS,
        namespace,
        matches,
        resource_version=since,
        initial_events=initial,
        bookmarks=bookmarks,
        timeout=None,
        wake=wake,
    )


def seen(watch):
    return [(event.type, event.object["metadata"].get("name")) for event in watch.pending()]


def test_every_write_counts_the_version_up(contents):
    first = contents.write(PODS, pod("a"), "ADDED")
    second = contents.write(NODES, {"metadata": {"name": "n1"}}, "ADDED")
    versions = [int(stored["metadata"]["resourceVersion"]) for stored in (first, second)]
    assert versions == [2, 3]
    assert contents.remove(PODS, first)["metadata"]["resourceVersion"] == "4"
    assert contents.version == 4


def test_an_object_is_found_by_namespace_and_name(contents):
    stored = contents.write(PODS, pod("a", "x"), "ADDED")
    assert contents.find(PODS, "x", "a") is stored
    for namespace, name in (("default", "a"), ("x", "b"), (None, "a")):
        with pytest.raises(ApiError, match="not found"):
            contents.find(PODS, namespace, name)


def test_a_watch_begins_with_what_is_there_and_goes_on_with_what_changes(contents):
    contents.write(PODS, pod("b"), "ADDED")
    contents.write(PODS, pod("a"), "ADDED")
    watch = follow(contents)
    assert seen(watch) == [("ADDED", "a"), ("ADDED", "b")]
    contents.write(NODES, {"metadata": {"name": "n1"}}, "ADDED")
    contents.remove(PODS, contents.find(PODS, "default", "a"))
    assert seen(watch) == [("DELETED", "a")]


def test_a_watch_from_a_version_gets_what_came_after_it(contents):
    start = contents.write(PODS, pod("a"), "ADDED")["metadata"]["resourceVersion"]
    contents.write(PODS, pod("b", "x"), "ADDED")
    contents.write(PODS, pod("c"), "ADDED")
    assert seen(follow(contents, since=start)) == [("ADDED", "b"), ("ADDED", "c")]
    assert seen(follow(contents, since=start, namespace="x")) == [("ADDED", "b")]


def test_a_streaming_list_ends_with_a_bookmark(contents):
    contents.write(PODS, pod("a"), "ADDED")
    (_, end) = follow(contents, since="1", initial=True).pending()
    assert end.type == "BOOKMARK"
    assert end.object["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}


@pytest.mark.parametrize(("since", "code"), [("1", 410), ("nonsense", 400)])
def test_a_version_that_is_forgotten_or_none_at_all_is_refused(contents, since, code):
    for number in range(5):
        contents.write(PODS, pod(f"p{number}"), "ADDED")
    with pytest.raises(ApiError) as caught:
        follow(contents, since=since)
    assert caught.value.code == code


def test_a_compaction_makes_every_older_version_too_old(contents):
    version = contents.version
    contents.compact()
    with pytest.raises(ApiError) as caught:
        follow(contents, since=str(version))
    assert caught.value.code == 410


def test_the_past_can_be_listed_until_it_is_compacted(contents):
    contents.write(PODS, pod("a"), "ADDED")
    then = contents.version
    contents.remove(PODS, contents.find(PODS, "default", "a"))
    assert list(contents.as_of("pods", Start(then), continued=False)) == [("default", "a")]
    assert contents.as_of("pods", Start(contents.version), continued=False) == {}
    contents.compact()
    with pytest.raises(ApiError, match="continue parameter is too old"):
        contents.as_of("pods", Start(then), continued=True)


def test_a_closed_watch_is_told_nothing_more(contents):
    woken = []
    watch, other = follow(contents, wake=lambda: woken.append(1)), follow(contents)
    watch.close()
    woken.clear()
    contents.write(PODS, pod("a"), "ADDED")
    assert woken == []
    assert seen(other) == [("ADDED", "a")]
    contents.end_watches()
    assert other.closed


@pytest.mark.parametrize(
    ("namespace", "key", "inside"),
    [(None, ("x", "a"), True), ("x", ("x", "a"), True), ("y", ("x", "a"), False)],
)
def test_no_namespace_is_every_namespace(namespace, key, inside):
    assert within(namespace, key) is inside
