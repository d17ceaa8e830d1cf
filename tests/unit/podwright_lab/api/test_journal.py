"""The history that watches and old lists are served from."""

import pytest

from podwright_lab.api.api_error import ApiError
from podwright_lab.api.journal import Change, Journal


def change(version, name, current=None, previous=None, kind="pods"):
    return Change(version, kind, ("default", name), "MODIFIED", current or {"v": version}, previous)


@pytest.fixture
def journal():
    made = Journal(limit=3)
    for version, name in ((2, "a"), (3, "b"), (4, "a")):
        made.append(change(version, name))
    return made


def versions(changes):
    return [entry.version for entry in changes]


def test_changes_come_in_their_order(journal):
    assert versions(journal.since(1, "pods", 4)) == [2, 3, 4]
    assert versions(journal.since(3, "pods", 4)) == [4]
    assert journal.since(4, "pods", 4) == []
    assert journal.since(1, "nodes", 4) == []


def test_the_oldest_change_is_forgotten_first(journal):
    journal.append(change(5, "c"))
    assert versions(journal.since(2, "pods", 5)) == [3, 4, 5]
    with pytest.raises(ApiError, match=r"too old resource version: 1 \(2\)") as caught:
        journal.since(1, "pods", 5)
    assert caught.value.code == 410


def test_after_a_compaction_nothing_older_can_be_had(journal):
    journal.compact(4)
    assert journal.since(4, "pods", 4) == []
    with pytest.raises(ApiError):
        journal.since(3, "pods", 4)
    with pytest.raises(ApiError):
        journal.rewind({}, 3, "pods")


def test_rewinding_undoes_creations_changes_and_deletions():
    journal, a, b = Journal(limit=9), ("default", "a"), ("default", "b")
    journal.append(change(2, "a", {"v": 2}))
    journal.append(change(3, "a", {"v": 3}, previous={"v": 2}))
    journal.append(change(4, "b", {"v": 4}))
    journal.append(change(5, "n", {"v": 5}, kind="nodes"))
    journal.append(change(6, "a", {"v": 3}, previous={"v": 3}))
    now = {b: {"v": 4}}
    assert journal.rewind(now, 5, "pods") == {a: {"v": 3}, b: {"v": 4}}
    assert journal.rewind(now, 2, "pods") == {a: {"v": 2}}
    assert journal.rewind(now, 1, "pods") == {}
    assert now == {b: {"v": 4}}


def test_the_json_of_a_change_is_made_once():
    entry = change(2, "a", {"name": "é"})
    assert entry.json() == '{"name":"é"}'.encode()
    assert entry.json() is entry.json()
