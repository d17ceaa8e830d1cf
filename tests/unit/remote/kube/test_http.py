"""Against a real HTTPS server that misbehaves in every way there is."""

from __future__ import annotations

import gzip
import json
import threading
import time

import pytest
from tests.fakes.api_client import GET, LIST, WATCH
from tests.fakes.api_messages import Reply, status

from podwright.errors import (
    ClusterAnswerError,
    ClusterError,
    ClusterForbiddenError,
    ClusterTimeoutError,
    ClusterUnreachableError,
)
from podwright.remote.kube import http as kube_http
from podwright.remote.kube.auth import PluginSource
from podwright.remote.kube.cluster_access import Impersonation, User
from podwright.remote.kube.exec_plugin import PluginCredentials
from podwright.remote.kube.pod_feed import VersionGoneError
from podwright.remote.kube.request import Request
from podwright.secret import Secret


def test_it_says_who_it_is_and_as_whom(server, client_of):
    user = User(token=Secret("TOKEN"), impersonation=Impersonation("bob", groups=("dev", "ops")))
    client_of(user).get(LIST)
    asked = server.requests[-1]
    assert asked.header("authorization") == "Bearer TOKEN"
    assert asked.headers["impersonate-group"] == ["dev", "ops"]
    assert asked.header("impersonate-user") == "bob"
    assert asked.header("host") == f"127.0.0.1:{server.port}"


def test_an_api_under_a_path_is_asked_there(server, client_of):
    client_of(path="/k8s/clusters/c-1").get(
        Request("list", "pods", "/api/v1/pods", (("labelSelector", "a=b,c"),))
    )
    assert server.requests[-1].target == "/k8s/clusters/c-1/api/v1/pods?labelSelector=a%3Db%2Cc"


def test_a_missing_object_is_none_but_a_missing_api_is_an_error(server, client_of):
    assert client_of().get(GET) is None
    server.script(Reply(404, b"404 page not found"))
    with pytest.raises(ClusterAnswerError, match="answers 404 to get pods"):
        client_of().get(GET)
    server.script(Reply(404, status(404, "NotFound", "the server could not find the requested resource")))
    with pytest.raises(ClusterAnswerError, match="answers 404 to list pods: the server could not find"):
        client_of().get(LIST)


@pytest.mark.parametrize("code", [429, 500, 503])
def test_a_busy_server_is_asked_again_after_the_time_that_it_names(server, client_of, code):
    server.script(*[Reply(code, b"", {"Retry-After": "0"})] * 4)
    assert client_of().get(LIST)["kind"] == "List"
    assert len(server.requests) == 5


@pytest.mark.parametrize("code", [429, 500, 502, 503, 504])
def test_a_server_that_stays_ill_is_given_up_soon(server, client_of, code):
    server.script(*[Reply(code, status(code, "x", "etcd\nis down"), {"Retry-After": "when I like"})] * 9)
    with pytest.raises(ClusterAnswerError, match=str(code)) as caught:
        client_of().get(LIST)
    assert len(server.requests) == 3
    assert ("too busy" if code == 429 else "etcd is down") in caught.value.message


def test_a_wait_beyond_the_deadline_is_not_waited_for(server, client_of):
    server.script(Reply(429, b"", {"Retry-After": "3600"}))
    with pytest.raises(ClusterAnswerError, match="asks to wait 3600 s"):
        client_of(timeout=10).get(LIST)
    assert len(server.requests) == 1


def test_401_names_the_context_and_403_what_is_missing_and_who_we_are(server, client_of):
    server.tokens = {"OTHER"}
    with pytest.raises(
        ClusterForbiddenError, match=r"does not accept our credentials \(401 on list pods\)"
    ) as caught:
        client_of().get(LIST)
    assert "context `lab` of `config`" in caught.value.hint
    said = 'pods is forbidden: User "alice" cannot list resource "pods" in API group "" at the cluster scope'
    server.script(Reply(403, status(403, "Forbidden", said)), Reply(403, b"<html>no"))
    with pytest.raises(
        ClusterForbiddenError, match=r"^not allowed to list pods as `alice` \(403\)$"
    ) as caught:
        client_of().get(LIST)
    assert "grant `list` on `pods`" in caught.value.hint
    with pytest.raises(ClusterForbiddenError, match=r"^not allowed to list pods \(403\)$"):
        client_of().get(LIST)


class Plugin:
    def __init__(self, *tokens: str) -> None:
        self.tokens = list(tokens)
        self.runs = 0

    def __call__(self) -> PluginCredentials:
        self.runs += 1
        return PluginCredentials(Secret(self.tokens.pop(0)))


def test_after_a_401_the_plugin_runs_once_more(server, client_of):
    server.tokens = {"fresh"}
    plugin = Plugin("stale", "fresh")
    assert client_of(source=PluginSource(plugin, User())).get(LIST)["kind"] == "List"
    assert plugin.runs == 2


def test_a_second_401_is_the_end_and_403_runs_no_plugin(server, client_of):
    server.tokens = {"other"}
    plugin = Plugin("stale", "stale-too", "never asked for")
    with pytest.raises(ClusterForbiddenError):
        client_of(source=PluginSource(plugin, User())).get(LIST)
    assert plugin.runs == 2
    server.script(Reply(403))
    plugin = Plugin("t", "never asked for")
    with pytest.raises(ClusterForbiddenError):
        client_of(source=PluginSource(plugin, User())).get(LIST)
    assert plugin.runs == 1


def test_a_watch_renews_its_credentials_too(server, client_of):
    server.tokens = {"fresh"}
    http = client_of(source=PluginSource(Plugin("stale", "fresh"), User()))
    request = Request(
        "watch", "pods", "/api/v1/pods", (("watch", "1"), ("resourceVersion", "1"), ("timeoutSeconds", "0"))
    )
    with http.stream(request, 60.0) as lines:
        assert list(lines) == []


@pytest.mark.parametrize(
    ("reply", "kind", "message"),
    [
        (Reply(200, b"<html>login</html>"), ClusterAnswerError, "not JSON"),
        (Reply(200, b'{"a": NaN}'), ClusterAnswerError, "not JSON"),
        (Reply(200, b'{"a": "\xff"}'), ClusterAnswerError, "not JSON"),
        (Reply(200, b"\xff\xfe{\x00}\x00"), ClusterAnswerError, "not JSON"),
        (Reply(200, b"[" * 200_000), ClusterAnswerError, "not JSON"),
        (Reply(200, b"1" * 10_000), ClusterAnswerError, "not JSON"),
        (Reply(200, b"[]"), ClusterAnswerError, "not an object"),
        (Reply(302, b"", {"Location": "https://evil.example/"}), ClusterAnswerError, "redirects us"),
        (Reply(204, b"", {"Content-Length": ""}), ClusterAnswerError, "answers 204"),
        (Reply(410, status(410, "Expired", "old")), VersionGoneError, "no longer knows"),
        (Reply(200, b"{", length=50, drop=True), ClusterUnreachableError, "broke|closed"),
        (Reply(raw=b"", drop=True), ClusterUnreachableError, "closed|broke|reset"),
        (Reply(raw=b"SSH-2.0-x\r\n", drop=True), ClusterAnswerError, "does not answer as an API"),
        (
            Reply(raw=b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n"),
            ClusterAnswerError,
            "does not answer as",
        ),
        (Reply(raw=b"HTTP/1.1 200 OK\r\nX: " + b"y" * 99_999), ClusterAnswerError, "does not answer as"),
        (Reply(200, b"{}", {"Content-Encoding": "br"}), ClusterAnswerError, "encoding"),
        (Reply(200, b"{}", {"Content-Encoding": "gzip"}), ClusterAnswerError, "does not answer as"),
        (
            Reply(200, gzip.compress(b"{}")[:-4], {"Content-Encoding": "gzip"}),
            ClusterUnreachableError,
            "broke",
        ),
    ],
)
def test_what_is_no_answer_is_refused(server, client_of, reply, kind, message):
    server.script(reply)
    http = client_of()
    with pytest.raises(kind, match=message) as caught:
        http.get(LIST)
    assert "TOKEN" not in f"{caught.value.message} {caught.value.hint} {caught.value.__cause__}"
    assert http.get(LIST)["kind"] == "List"


def test_a_server_that_hangs_or_drips_costs_the_timeout_and_no_more(server, client_of):
    for reply in (
        Reply(raw=b"", hang=True),
        Reply(raw=b"HTTP/1.1 200", hang=True),
        Reply(200, b"{", length=10, hang=True),
        Reply(200, b"{}", length=1 << 40),
        Reply(200, b'{"a": "' + b"x" * 500 + b'"}', drip_seconds=0.02),
    ):
        server.script(reply)
        with pytest.raises(ClusterTimeoutError):
            client_of(timeout=0.3).get(LIST)


def test_a_stream_gives_whole_lines_however_they_are_cut(server, client_of):
    lines = [json.dumps({"n": number, "s": "é" * number}) for number in range(20)]
    server.script(Reply(200, "\n".join(lines).encode() + b"\n\n", drip_seconds=0.0005))
    with client_of().stream(WATCH, 60.0) as got:
        assert [line.decode() for line in got] == lines


def test_an_endless_line_ends_the_stream(server, client_of, monkeypatch):
    monkeypatch.setattr(kube_http, "MAX_LINE_BYTES", 1 << 20)
    server.script(Reply(200, b"x" * (3 << 20)))
    with pytest.raises(ClusterAnswerError, match="endless line"), client_of().stream(WATCH, 60.0) as lines:
        list(lines)


def test_a_stream_that_sends_too_much_is_ended(server, client_of, monkeypatch):
    monkeypatch.setattr(kube_http, "MAX_STREAM_BYTES", 1 << 20)
    server.script(Reply(200, b"\n" * (3 << 20)))
    with pytest.raises(ClusterAnswerError, match="too much"), client_of().stream(WATCH, 60.0) as lines:
        list(lines)


def test_a_stream_that_falls_silent_ends_in_time(server, client_of):
    server.script(Reply(200, b'{"a": 1}\n', length=99, hang=True))
    with pytest.raises(ClusterTimeoutError), client_of().stream(WATCH, 0.3) as lines:
        list(lines)


def test_a_stream_that_is_refused_says_so_on_entry(server, client_of):
    server.script(Reply(403, status(403, "Forbidden", 'User "bob" cannot watch resource "pods"')))
    with (
        pytest.raises(ClusterForbiddenError, match="not allowed to watch pods as `bob`"),
        client_of().stream(WATCH, 1),
    ):
        pass


def test_closing_ends_a_wait_for_a_busy_server(server, client_of):
    server.script(Reply(429, b"", {"Retry-After": "300"}))
    http = client_of(timeout=600)
    failures: list[ClusterError] = []

    def ask() -> None:
        try:
            http.get(LIST)
        except ClusterError as error:
            failures.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    server.wait_for_requests(lambda request: True, 1)
    time.sleep(0.05)
    http.close()
    thread.join(60)
    assert failures
