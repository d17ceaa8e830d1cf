"""The agent's protocol against agents that are dead, slow or wrong; honest ones are in tests/contract/test_ssh_login.py."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from paramiko.ssh_exception import SSHException

from podwright.remote.ssh.agent import Agent, AgentKey, find_agent


@contextmanager
def agent_that_says(folder: Path, answer: bytes | None) -> Iterator[Agent]:
    """An agent that gives every request the same answer, or with None keeps it waiting."""
    path = folder / "agent"
    released = threading.Event()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        connection.recv(65536)
                        if answer is None:
                            released.wait(60)
                        else:
                            connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield Agent(str(path), timeout=60 if answer is not None else 0.2)
        finally:
            released.set()
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(60)


WRONG = {
    "no such thing": b"\0\0\0\x01\x05",
    "too large": b"\xff\xff\xff\xff",
    "empty": b"\0\0\0\0",
    "cut short": b"\0\0\0\x20\x0c\0\0\0\x01\0\0",
    "more keys than it sends": b"\0\0\0\x05\x0c\0\0\0\x02",
    "a million keys": b"\0\0\0\x05\x0c\x00\x10\0\0",
    "hangs up": b"",
    "waits": None,
}


@pytest.mark.parametrize("how", WRONG)
def test_an_agent_that_answers_wrongly_is_an_error_in_time(tmp_path: Path, how: str) -> None:
    with agent_that_says(tmp_path, WRONG[how]) as agent:
        with pytest.raises((OSError, ValueError)):
            agent.identities()
        with pytest.raises(SSHException, match="the agent did not sign with `mine`"):
            AgentKey(agent, b"\0\0\0\x0bssh-ed25519", "mine").sign_ssh_data(b"data", "ssh-ed25519")


def test_an_agent_may_hold_no_keys(tmp_path: Path) -> None:
    with agent_that_says(tmp_path, b"\0\0\0\x05\x0c\0\0\0\0") as agent:
        assert agent.identities() == ()


def test_a_dead_socket_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        Agent(str(tmp_path / "nobody")).identities()


@pytest.mark.parametrize(
    ("configured", "environment", "expected"),
    [(None, "/a", "/a"), (None, "", None), ("/b", "/a", "/b"), ("none", "/a", None)],
)
def test_where_the_agent_is(
    configured: str | None, environment: str, expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "SSH_AUTH_SOCK", environment)
    found = find_agent(configured)
    assert (found.path if found else None) == expected
