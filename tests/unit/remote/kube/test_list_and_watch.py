"""Lists in pages, and what a watch says, against a real HTTPS server."""

from __future__ import annotations

import json

import pytest
from tests.fakes.api_messages import Reply, status
from tests.fakes.api_server import ApiServer
from tests.fakes.authority import Authority

from podwright.errors import ClusterAnswerError, ClusterTimeoutError
from podwright.remote.kube import list_and_watch as kube_lists
from podwright.remote.kube.auth import FixedCredentials
from podwright.remote.kube.cluster_access import Access, Endpoint, User
from podwright.remote.kube.http import KubeHttp
from podwright.remote.kube.list_and_watch import KubeFeed, list_pods, read_change
from podwright.remote.kube.pod_feed import ChangeKind, PodChange, VersionGoneError
from podwright.remote.kube.request import Request

WATCH = Request("watch", "pods", "/api/v1/pods")


def pod(number: int) -> dict:
    return {"metadata": {"namespace": "default", "name": f"p{number:04}", "labels": {"n": str(number % 2)}}}


@pytest.fixture(scope="module")
def authority():
    return Authority()


@pytest.fixture
def server(authority):
    with ApiServer(authority, authority.issue("api", "127.0.0.1")) as server:
        for number in range(7):
            server.put("pods", pod(number))
        yield server


@pytest.fixture
def http(server, monkeypatch):
    monkeypatch.setattr(kube_lists, "PAGE_SIZE", 3)
    access = Access(Endpoint(server.url, ca_pem=server.authority.pem), User(), "x")
    http = KubeHttp(access, FixedCredentials(User()), None, 5.0)
    yield http
    http.close()


def test_pages_are_put_together_at_one_version(server, http):
    listed = list_pods(http, "")
    assert [pod.ref.name for pod in listed.pods] == [f"p{number:04}" for number in range(7)]
    assert listed.version == str(server.version)
    assert [request.query.get("limit") for request in server.requests] == ["3", "3", "3"]
    assert server.accepted == 1


def test_selectors_are_sent(server, http):
    assert len(list_pods(http, "n=1").pods) == 3
    list_pods(http, "a in (b, c)")
    assert server.requests[-1].query["labelSelector"] == "a in (b, c)"


def gone_on_continue(times: int):
    return [
        Reply(410, status(410, "Expired", "too old"))
    ] * times, lambda request: "continue" in request.query


def test_a_list_that_the_api_forgets_half_way_starts_anew(server, http):
    replies, when = gone_on_continue(1)
    server.script(*replies, when=when)
    assert len(list_pods(http, "").pods) == 7
    assert ["continue" in request.query for request in server.requests] == [False, True, False, True, True]


def test_a_list_that_is_forgotten_again_and_again_is_taken_in_one_piece(server, http):
    replies, when = gone_on_continue(3)
    server.script(*replies, when=when)
    assert len(list_pods(http, "").pods) == 7
    assert server.requests[-1].query == {}


def test_items_without_a_name_are_passed_over(server, http):
    items = [pod(1), {}, None, 7, {"metadata": None}, pod(2)]
    server.script(Reply(200, json.dumps({"metadata": {"resourceVersion": "5"}, "items": items}).encode()))
    assert [pod.ref.name for pod in list_pods(http, "").pods] == ["p0001", "p0002"]


def test_an_empty_list_may_be_null(server, http):
    server.script(Reply(200, b'{"metadata": {"resourceVersion": "5"}, "items": null}'))
    assert list_pods(http, "").pods == ()
    server.script(Reply(200, b'{"items": {"a": 1}}'))
    with pytest.raises(ClusterAnswerError, match="not a list"):
        list_pods(http, "")


def test_a_list_without_end_is_given_up(server, http, monkeypatch):
    page = {"metadata": {"continue": "again"}, "items": [pod(1)]}
    server.script(*[Reply(200, json.dumps(page).encode())] * 2)
    with pytest.raises(ClusterAnswerError, match="does not end"):
        list_pods(http, "")
    monkeypatch.setattr(kube_lists, "MAX_PODS", 4)
    with pytest.raises(ClusterAnswerError, match="does not end"):
        list_pods(http, "")
    monkeypatch.setattr(kube_lists, "_LIST_SECONDS", 0.0)
    with pytest.raises(ClusterTimeoutError, match="did not answer list pods within 0 s"):
        list_pods(http, "")


def test_a_list_of_pages_without_items_and_without_end_is_given_up(server, http, monkeypatch):
    monkeypatch.setattr(kube_lists, "_MAX_PAGES", 5)
    pages = [{"metadata": {"continue": str(number)}, "items": []} for number in range(6)]
    server.script(*[Reply(200, json.dumps(page).encode()) for page in pages])
    with pytest.raises(ClusterAnswerError, match="does not end"):
        list_pods(http, "")
    assert len(server.requests) == 5


def test_a_watch_that_floods_us_is_ended(server, http, monkeypatch):
    monkeypatch.setattr(kube_lists, "MAX_CHANGES", 3)
    thing = {"metadata": {"namespace": "a", "name": "b", "resourceVersion": "9"}}
    line = json.dumps({"type": "MODIFIED", "object": thing}).encode() + b"\n"
    server.script(Reply(200, line * 4))
    with (
        pytest.raises(ClusterAnswerError, match="more than 3 changes in one watch"),
        KubeFeed(http).watch_pods("a=b", "1") as changes,
    ):
        list(changes)


def change(kind: str, thing: object) -> PodChange | None:
    return read_change(json.dumps({"type": kind, "object": thing}).encode(), WATCH)


def test_changes_are_read():
    thing = {"metadata": {"namespace": "a", "name": "b", "resourceVersion": "9"}}
    read = change("DELETED", thing)
    assert (read.kind, read.version, str(read.pod.ref)) == (ChangeKind.DELETED, "9", "a/b")
    bookmark = change("BOOKMARK", {"kind": "Pod", "metadata": {"resourceVersion": "12"}})
    assert bookmark == PodChange(ChangeKind.BOOKMARK, "12")
    assert change("BOOKMARK", {}) is None
    assert change("SOMETHING_NEW", thing) is None


@pytest.mark.parametrize(
    ("thing", "kind"),
    [
        ({"code": 410, "message": "too old resource version: 7745 (7750)"}, VersionGoneError),
        ({"reason": "Expired"}, VersionGoneError),
        ({"code": 500, "message": "etcd"}, ClusterAnswerError),
        ({}, ClusterAnswerError),
        (None, ClusterAnswerError),
    ],
)
def test_error_events_end_the_watch(thing, kind):
    with pytest.raises(kind):
        change("ERROR", thing)


@pytest.mark.parametrize(
    "thing", [{}, None, [], {"metadata": {"name": "x"}}, {"metadata": {"namespace": "a", "name": "b"}}]
)
def test_a_change_of_nobody_knows_what_is_an_error(thing):
    with pytest.raises(ClusterAnswerError, match="without a name or version"):
        change("MODIFIED", thing)


@pytest.mark.parametrize("line", [b"nonsense", b"[]", b"{", b"\xff"])
def test_a_line_that_is_no_event_is_an_error(line):
    with pytest.raises(ClusterAnswerError):
        read_change(line, WATCH)
