"""A shell behind a channel: what it is asked for, and what it is told before each program."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from podwright.errors import HostError
from podwright.remote.ssh.session import Login, Session
from podwright.secret import Secret


@dataclass
class FakeBuffer:
    event: object = None

    def set_event(self, event: object) -> None:
        self.event = event


@dataclass
class FakeTransport:
    remote_version: str = "SSH-2.0-OpenSSH_9.2"
    asked: list[bytes] = field(default_factory=list)

    def _send_user_message(self, message: object) -> None:
        self.asked.append(message.asbytes())


@dataclass
class FakeChannel:
    transport: FakeTransport = field(default_factory=FakeTransport)
    in_buffer: FakeBuffer = field(default_factory=FakeBuffer)
    in_stderr_buffer: FakeBuffer = field(default_factory=FakeBuffer)
    remote_chanid: int = 3
    closed: bool = False
    eof_received: bool = False
    blocking: bool = True

    def setblocking(self, blocking: bool) -> None:
        self.blocking = blocking

    def get_transport(self) -> FakeTransport:
        return self.transport

    def close(self) -> None:
        self.closed = True


def ended(session: Session, program: str = "echo", **options: object) -> object:
    """An exchange whose program came to its end."""
    made = session.exchange(program, None, 10, **{"secret": False, "watchdog": False, **options})
    for stream in (made.stdout, made.stderr):
        stream.feed(f"{made.marker}\n\n{made.marker} 0\n".encode())
    return made


def test_what_is_no_secret_stands_on_the_command_line_of_the_first_program_only() -> None:
    channel = FakeChannel()
    session = Session(channel, Login("cp-1"))
    assert ended(session, "echo in-the-open").text == b""
    assert b"echo in-the-open" in channel.transport.asked[0]
    second = ended(session, "echo later")
    assert b"echo later" in second.text
    assert len(channel.transport.asked) == 1


@pytest.mark.parametrize(
    ("options", "login", "version"),
    [
        ({"secret": True}, Login("cp-1"), "SSH-2.0-OpenSSH_9.2"),
        ({"watchdog": True}, Login("cp-1"), "SSH-2.0-OpenSSH_9.2"),
        ({}, Login("cp-1", "root"), "SSH-2.0-OpenSSH_9.2"),
        ({}, Login("cp-1"), "SSH-2.0-dropbear_2022.83"),
    ],
    ids=["secret", "watchdog", "sudo", "dropbear"],
)
def test_otherwise_the_text_goes_to_standard_input(
    options: dict[str, object], login: Login, version: str
) -> None:
    channel = FakeChannel(FakeTransport(version))
    made = ended(Session(channel, login), "echo hidden", **options)
    assert b"echo hidden" in made.text
    assert b"hidden" not in channel.transport.asked[0]


def test_the_password_goes_first_and_the_program_behind_the_greeting() -> None:
    channel = FakeChannel()
    made = ended(Session(channel, Login("cp-1", "root", Secret("pw"))), "echo x")
    assert made.password.line == b"pw\n"
    assert made.text.startswith(made.password.greeting)
    assert b"pw" not in channel.transport.asked[0]


def test_a_program_with_input_takes_the_shell_with_it() -> None:
    session = Session(FakeChannel(), Login("cp-1"))
    assert session.waits
    made = session.exchange("cat", iter([]), 10, secret=False, watchdog=False)
    assert b"cat" in made.text
    assert not session.waits
    for stream in (made.stdout, made.stderr):
        stream.feed(f"{made.marker}\n\n{made.marker} 0\n".encode())
    assert made.ended
    assert not session.waits


def test_a_shell_waits_once_its_program_ended_and_while_its_channel_is_open() -> None:
    session = Session(FakeChannel(), Login("cp-1"))
    session.exchange("echo", None, 10, secret=False, watchdog=False)
    assert not session.waits
    channel = FakeChannel()
    session = Session(channel, Login("cp-1"))
    ended(session)
    assert session.waits
    channel.eof_received = True
    assert not session.waits
    session.close()
    assert channel.closed


def test_a_user_that_cannot_be_is_refused_before_anything_is_asked() -> None:
    channel = FakeChannel()
    with pytest.raises(HostError, match="`a b` is not a user name"):
        ended(Session(channel, Login("cp-1", "a b")))
    assert channel.transport.asked == []
