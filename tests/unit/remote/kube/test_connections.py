"""Connections are kept, taken up again and given up, against a real HTTPS server."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from tests.fakes.api_client import LIST, WATCH
from tests.fakes.api_messages import Reply

from podwright.errors import (
    ClusterError,
)
from podwright.remote.kube import connections


def test_one_connection_serves_many_requests(server, client_of):
    http = client_of()
    for _ in range(5):
        http.get(LIST)
    assert server.accepted == 1


def test_threads_get_a_connection_each_and_none_is_leaked(server, client_of):
    http = client_of()
    together = threading.Barrier(6)
    failures: list[BaseException] = []

    def ask() -> None:
        try:
            for _ in range(5):
                together.wait(60)
                http.get(LIST)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert server.accepted <= 6
    http.close()
    deadline = time.monotonic() + 60
    while server.connections:
        assert time.monotonic() < deadline, "a connection was leaked"
        time.sleep(0.02)


def test_a_kept_connection_that_the_server_gave_up_is_replaced_in_silence(server, client_of):
    http = client_of()
    http.get(LIST)
    server.drop_connections()
    assert http.get(LIST)["kind"] == "List"
    assert server.accepted == 2


def test_a_connection_too_long_idle_is_not_used_again(server, client_of, monkeypatch):
    monkeypatch.setattr(connections, "_MAX_IDLE_SECONDS", 0.0)
    http = client_of()
    http.get(LIST)
    http.get(LIST)
    assert server.accepted == 2


def test_no_file_descriptor_is_left_open_whatever_happens(server, client_of):
    def descriptors() -> int:
        return len(list(Path("/proc/self/fd").iterdir())) - len(server.connections)

    before = descriptors()
    for reply in (
        Reply(200, b"{}", {"Connection": "close"}),
        Reply(200, b"{", length=50, drop=True),
        Reply(200, b"{", length=50, hang=True),
        Reply(500, b"x" * 99_999, {"Connection": "close"}),
        Reply(200, b"[]"),
        Reply(raw=b"nonsense\r\n", drop=True),
    ):
        http = client_of(timeout=0.3)
        server.script(reply)
        kept = None
        try:
            http.get(LIST)
        except ClusterError as error:
            kept = error
        server.script(reply)
        try:
            with http.stream(WATCH, 0.3) as lines:
                list(lines)
        except ClusterError as error:
            kept = error
        http.close()
        del kept
    deadline = time.monotonic() + 60
    while descriptors() > before:
        assert time.monotonic() < deadline, (before, descriptors())
        time.sleep(0.02)
