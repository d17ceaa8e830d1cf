"""The TCP connection under SSH."""

from __future__ import annotations

import socket

import pytest
from tests.fakes.sshd import free_port

from podwright.errors import HostUnreachableError
from podwright.remote.ssh.config_settings import HostSettings
from podwright.remote.ssh.route import Route
from podwright.remote.ssh.tcp import keepalive_seconds, open_tcp, reason


def to(port: int, **settings: object) -> Route:
    return Route(HostSettings("127.0.0.1", port, "ops", **settings), connect_timeout=2)


def test_short_messages_go_at_once_and_a_dead_peer_is_noticed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        route = to(listener.getsockname()[1], alive_interval=4, alive_count=2)
        with open_tcp("cp-1", route) as sock:
            assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 8000


def test_a_port_that_nobody_listens_on_is_named_with_what_to_try() -> None:
    with pytest.raises(
        HostUnreachableError, match=r"cp-1: cannot connect to 127.0.0.1:\d+: connection refused"
    ) as e:
        open_tcp("cp-1", to(free_port()))
    assert "try by hand: `ssh -p" in e.value.hint


def test_an_address_of_the_wrong_family_is_no_address() -> None:
    with pytest.raises(HostUnreachableError, match="does not resolve"):
        open_tcp("cp-1", to(22, address_family="inet6"))


@pytest.mark.parametrize(("said", "seconds"), [(None, 5.0), (0.0, 0.0), (7.0, 7.0)])
def test_an_idle_link_is_asked_as_often_as_ssh_config_says(said: float | None, seconds: float) -> None:
    assert keepalive_seconds(to(22, alive_interval=said)) == seconds


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TimeoutError("long"), "timed out"),
        (EOFError(), "it hung up"),
        (ConnectionResetError(104, "Connection reset by peer"), "it hung up"),
        (OSError(113, "No route to host"), "no route to host"),
        (ValueError(), "valueerror"),
        (ValueError("X" * 999), "x" * 200),
    ],
)
def test_a_reason_is_short(error: Exception, words: str) -> None:
    assert reason(error) == words
