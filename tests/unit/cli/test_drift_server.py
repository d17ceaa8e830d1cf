"""What is served to a browser and to Prometheus, and to nobody else."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest

from podwright.cli import drift_server
from podwright.cli.drift_server import address, served
from podwright.errors import UsageError


@pytest.fixture
def port() -> Iterator[int]:
    with served(
        "127.0.0.1", 0, {"/": ("text/html", lambda: "<p>ü"), "/metrics": ("text/plain", lambda: "up 1\n")}
    ) as at:
        yield at


def ask(port: int, path: str, method: str = "GET", host: str = "") -> tuple[int, str, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, headers={"Host": host} if host else {})
    answer = connection.getresponse()
    found = answer.status, answer.headers["Content-Type"], answer.read()
    connection.close()
    return found


def test_each_path_has_its_page(port: int) -> None:
    assert ask(port, "/metrics?x=1") == (200, "text/plain; charset=utf-8", b"up 1\n")
    assert ask(port, "/") == (200, "text/html; charset=utf-8", "<p>ü".encode())
    assert ask(port, "/", "HEAD")[2] == b""
    assert ask(port, "/etc/passwd")[0] == 404
    assert ask(port, "/", "POST")[0] == 501


@pytest.mark.parametrize("host", ["localhost:9099", "127.0.0.1", "[::1]:9099"])
def test_this_machine_is_known_by_its_names(port: int, host: str) -> None:
    assert ask(port, "/", host=host)[0] == 200


def test_a_page_of_another_site_whose_name_leads_here_reads_nothing(port: int) -> None:
    assert ask(port, "/", host="evil.example:9099")[0] == 421


def test_who_says_nothing_does_not_block_the_others_for_long(port: int, monkeypatch) -> None:
    monkeypatch.setattr(drift_server, "_REQUEST_SECONDS", 1)
    with (
        served("127.0.0.1", 0, {"/": ("text/html", lambda: "x")}) as at,
        socket.create_connection(("127.0.0.1", at)),
    ):
        assert ask(at, "/")[0] == 200


def test_a_port_that_is_taken_is_told(port: int) -> None:
    with pytest.raises(UsageError, match="cannot listen on"), served("127.0.0.1", port, {}):
        pass


@pytest.mark.parametrize(
    ("text", "expected"),
    [("127.0.0.1:9099", ("127.0.0.1", 9099)), ("[::1]:0", ("::1", 0)), ("0.0.0.0:1", ("0.0.0.0", 1))],
)
def test_addresses(text: str, expected: tuple[str, int]) -> None:
    assert address(text) == expected


@pytest.mark.parametrize("text", ["", "9099", ":9099", "localhost:9099", "127.0.0.1:x", "127.0.0.1:99999"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(UsageError, match="not an address"):
        address(text)
