"""HTTP on one connection, over a pair of sockets: what goes in, what comes out, and when it ends."""

import socket

import pytest

from podwright_lab.api import http
from podwright_lab.api.api_error import not_found
from podwright_lab.api.http import Connection
from podwright_lab.api.messages import Answer


def exchange(sent, handle=lambda _request, _authorization: Answer(body=b"ok")):
    """What a client gets that sends this and then says no more; and the requests that were understood."""
    requests = []

    class Served(Connection):
        def handle_request(self, request, authorization):
            requests.append((request, authorization))
            return handle(request, authorization)

    client, server = socket.socketpair()
    with client, server:
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        Served(server, ("client", 0), None)
        server.close()
        with client.makefile("rb") as answers:
            return answers.read(), requests


def test_a_request_is_taken_apart():
    head = (
        b"POST /api/v1/names%2Fpaces?watch=true&a=&limit=5&limit=6 HTTP/1.1\r\nAccept: text/plain\r\n"
        b"Authorization: Bearer x\r\nContent-Type: Application/JSON; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}"
    )
    _, ((request, authorization),) = exchange(head)
    assert authorization == "Bearer x"
    assert request.path == ("api", "v1", "names/paces")
    assert request.query == {"watch": "true", "a": "", "limit": "6"}
    assert (request.method, request.content_type, request.body) == ("POST", "application/json", b"{}")


def test_requests_follow_each_other_on_one_connection():
    answers, requests = exchange(b"GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\nConnection: close\r\n\r\n")
    assert [request.path for request, _ in requests] == [("a",), ("b",)]
    assert answers.count(b"HTTP/1.1 200 OK") == 2
    assert answers.count(b"Content-Length: 2\r\n\r\nok") == 2


def test_a_head_is_answered_without_a_body():
    answer, _ = exchange(b"HEAD / HTTP/1.1\r\n\r\n")
    assert b"Content-Length: 2" in answer
    assert answer.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"411"),
        (b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", b"413"),
        (b"POST / HTTP/1.1\r\nContent-Length: 3145729\r\n\r\n", b"413"),
        (
            b"GET /?" + b"a=1&" * (http.MAX_QUERY_FIELDS + 1) + b" HTTP/1.1\r\nConnection: close\r\n\r\n",
            b"400",
        ),
        (b"nonsense\r\n\r\n", b"400"),
    ],
)
def test_what_is_refused_never_reaches_the_api(head, code):
    answer, requests = exchange(head + b"GET /next HTTP/1.1\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 " + code)
    assert b'"kind":"Status"' in answer
    assert requests == []


def test_a_refusal_is_an_answer_like_another():
    def refuse(_request, _authorization):
        raise not_found("pods", "web")

    answer, requests = exchange(b"GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n", refuse)
    assert answer.count(b"HTTP/1.1 404") == 2
    assert len(requests) == 2


def test_a_body_that_breaks_off_is_nobodys_request():
    with pytest.raises(ConnectionAbortedError):
        exchange(b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n{}")


@pytest.mark.parametrize(
    ("version", "expected"),
    [(b"HTTP/1.1", b"\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"), (b"HTTP/1.0", b"\r\n\r\nonetwo")],
)
def test_a_stream_is_sent_in_chunks_where_the_client_knows_them(version, expected):
    answer, _ = exchange(b"GET / " + version + b"\r\n\r\n", lambda *_: Answer(stream=iter([b"one", b"two"])))
    assert answer.endswith(expected)


def test_a_stream_ends_and_is_closed_once_its_client_has_left():
    closed = []

    def endless():
        try:
            while True:
                yield b""
        finally:
            closed.append(True)

    with pytest.raises(ConnectionAbortedError):
        exchange(b"GET / HTTP/1.1\r\n\r\n", lambda *_: Answer(stream=endless()))
    assert closed == [True]
