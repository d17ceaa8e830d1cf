"""A webhook hears of a change, once."""

from __future__ import annotations

import json

import pytest
from tests.cli.conftest import Site
from tests.fakes.nouns import manifest
from tests.unit.operations.conftest import FakeNode

from podwright.cli import drift_notify
from podwright.remote.webhook import NotDeliveredError

CHECK = ("drift", "check", "--wait-for", "file", "--notify-url", "https://hooks.example.com/secret")


@pytest.fixture
def posted(monkeypatch) -> list[dict]:
    """What the webhook took; the first element may be an error to raise instead."""
    found: list = []

    def deliver(url, body, headers, *, sleep):
        if found and isinstance(found[0], Exception):
            raise found.pop(0)
        found.append(json.loads(body) | {"headers": dict(headers)})

    monkeypatch.setattr(drift_notify, "deliver", deliver)
    return found


def test_it_hears_of_what_is_new_and_of_what_is_mended_and_of_nothing_twice(
    one_node: Site, node: FakeNode, posted: list, monkeypatch
) -> None:
    monkeypatch.setenv("PODWRIGHT_NOTIFY_HEADER", "Authorization: Bearer tooth-and-nail")
    assert [one_node.run(*CHECK).code for _ in range(2)] == [3, 3]
    [first] = posted
    assert first["nodes"][0]["findings"][0]["drift"] == "file-missing"
    assert first["headers"]["Authorization"] == "Bearer tooth-and-nail"
    node.place(manifest())
    assert [one_node.run(*CHECK).code for _ in range(2)] == [0, 0]
    assert len(posted) == 2
    assert [seen["drift"] for seen in posted[1]["nodes"][0]["mended"]] == ["file-missing"]


def test_what_was_not_delivered_is_told_with_the_next_check(one_node: Site, posted: list) -> None:
    posted.append(NotDeliveredError("cannot notify `hooks.example.com`: it answered 500"))
    answer = one_node.run(*CHECK)
    assert (answer.code, "it answered 500" in answer.err, "secret" in answer.err) == (3, True, False)
    assert one_node.run(*CHECK).code == 3
    assert len(posted) == 1


def test_a_mended_site_whose_webhook_is_down_is_no_success(
    one_node: Site, node: FakeNode, posted: list
) -> None:
    one_node.run(*CHECK)
    node.place(manifest())
    posted[:] = [NotDeliveredError("down")]
    assert one_node.run(*CHECK).code == 1


@pytest.mark.parametrize("header", ["Bearer x", "A b: c", "A: b\nC: d"])
def test_a_header_that_is_none_is_told_before_anything_is_checked(
    one_node: Site, posted: list, monkeypatch, header: str
) -> None:
    monkeypatch.setenv("PODWRIGHT_NOTIFY_HEADER", header)
    answer = one_node.run(*CHECK)
    assert (answer.code, answer.out, header in answer.err) == (2, "", False)
