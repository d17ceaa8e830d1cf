"""One GET through a node's connection: whatever answers there, it is bounded, and HTTP or an error."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fakes.answering_port import answering
from tests.fakes.local_host import LocalHost
from tests.fakes.sshd import free_port

from podwright.errors import HostError, HostileOutputError, HostTimeoutError, PortClosedError
from podwright.remote.node.http import Page, get

LOCAL = LocalHost(Path("/"))


def page(port: int, most: int = 100, timeout: float = 60) -> Page:
    return get(LOCAL, ("127.0.0.1", port), "/health", timeout=timeout, most=most)


def test_an_answer_is_a_status_and_a_body_whether_or_not_its_length_is_told() -> None:
    with answering(
        b"HTTP/1.0 503 Service", b" Unavailable\r\nContent-Length: 4\r\n\r\nhe", b"ll, and more"
    ) as port:
        assert page(port) == Page(503, b"hell")
    with answering(b"HTTP/1.0 200 OK\r\n\r\nto the end") as port:
        assert page(port) == Page(200, b"to the end")


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"SSH-2.0-OpenSSH_9\r\n",
        b"HTTP/1.1 banana\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\nshort",
        b"HTTP/1.0 200 OK\r\n" + b"X: y\r\n" * 200,
        b"HTTP/1.0 200 OK\r\nX: " + b"y" * 70_000,
    ],
)
def test_what_is_not_http_is_hostile(garbage: bytes) -> None:
    with answering(garbage) as port, pytest.raises(HostError):
        page(port)


def test_more_than_was_agreed_is_not_read() -> None:
    with (
        answering(b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * 101) as port,
        pytest.raises(HostileOutputError, match="100 bytes"),
    ):
        page(port)


def test_what_does_not_answer_is_given_up() -> None:
    with answering(b"HTTP/1.0 200 OK\r\n", hang=True) as port, pytest.raises(HostTimeoutError):
        page(port, timeout=0.3)


def test_a_port_at_which_nothing_listens_is_told_apart() -> None:
    with pytest.raises(PortClosedError):
        page(free_port())
