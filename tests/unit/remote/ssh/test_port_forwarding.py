"""Ports behind a node: refusals and deadlines; real streams are in tests/contract/test_host_contract.py."""

from __future__ import annotations

import socket
from contextlib import closing
from dataclasses import dataclass, field

import paramiko
import pytest

from podwright.errors import HostTimeoutError, HostUnreachableError
from podwright.remote.ssh.jump_hosts import Link
from podwright.remote.ssh.port_forwarding import dial


@dataclass
class FakeChannel:
    """Gives back what it was sent."""

    sent: list[bytes] = field(default_factory=list)
    timeouts: list[float] = field(default_factory=list)
    closed: bool = False
    error: Exception | None = None

    def settimeout(self, seconds: float) -> None:
        self.timeouts.append(seconds)

    def sendall(self, content: bytes) -> None:
        if self.error:
            raise self.error
        self.sent.append(content)

    def recv(self, _size: int) -> bytes:
        if self.error:
            raise self.error
        return self.sent.pop(0) if self.sent else b""

    def close(self) -> None:
        self.closed = True


@dataclass
class FakeTransport:
    answer: FakeChannel | Exception
    asked: list[object] = field(default_factory=list)
    sock: socket.socket | None = None

    def open_channel(self, *words: object, timeout: float) -> FakeChannel:
        self.asked.append((*words, timeout))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_a_stream_carries_bytes_both_ways_in_the_time_that_is_left() -> None:
    channel = FakeChannel()
    transport = FakeTransport(channel)
    with closing(dial("cp-1", Link(transport), "10.0.0.7", 6443, 20)) as stream:
        stream.send(b"hello")
        assert [stream.receive(), stream.receive()] == [b"hello", b""]
    assert transport.asked == [("direct-tcpip", ("10.0.0.7", 6443), ("127.0.0.1", 0), 20)]
    assert channel.closed
    assert all(0 < seconds <= 20 for seconds in channel.timeouts)


@pytest.mark.parametrize(
    ("error", "message", "hint"),
    [
        (
            paramiko.ChannelException(1, "Administratively prohibited"),
            "administratively prohibited",
            "PermitOpen",
        ),
        (paramiko.ChannelException(2, "Connect failed"), "connect failed", "nc -vz 10.0.0.7 6443"),
        (paramiko.SSHException("Timeout opening channel."), "timeout opening channel", "nc -vz"),
        (EOFError(), "it hung up", "nc -vz"),
    ],
)
def test_a_port_that_cannot_be_reached_is_told_with_its_reason(
    error: Exception, message: str, hint: str
) -> None:
    with pytest.raises(HostUnreachableError) as failure:
        dial("cp-1", Link(FakeTransport(error)), "10.0.0.7", 6443, 20)
    assert failure.value.message.startswith("cp-1: cannot connect to 10.0.0.7:6443 from the node: ")
    assert message in failure.value.message
    assert hint in failure.value.hint


@pytest.mark.parametrize(
    ("error", "kind"), [(TimeoutError(), HostTimeoutError), (ConnectionResetError(), HostUnreachableError)]
)
def test_an_end_in_the_middle_is_one_of_our_errors(error: Exception, kind: type[Exception]) -> None:
    channel = FakeChannel(error=error)
    with closing(dial("cp-1", Link(FakeTransport(channel)), "10.0.0.7", 6443, 20)) as stream:
        for call in (stream.receive, lambda: stream.send(b"x")):
            with pytest.raises(kind, match=r"cp-1: 10.0.0.7:6443"):
                call()


def test_nothing_is_asked_of_a_stream_whose_time_is_over() -> None:
    channel = FakeChannel()
    with (
        closing(dial("cp-1", Link(FakeTransport(channel)), "10.0.0.7", 6443, 0)) as stream,
        pytest.raises(HostTimeoutError, match="did not answer in time"),
    ):
        stream.receive()
    assert channel.timeouts == []


def test_a_channel_whose_link_is_dead_is_closed_without_a_word() -> None:
    """A link inside it closes it in paramiko's own thread, where nobody catches anything."""

    @dataclass
    class Dead(FakeChannel):
        def close(self) -> None:
            raise EOFError

    transport = FakeTransport(Dead())
    with closing(dial("n1", Link(transport), "127.0.0.1", 6443, 1)):
        pass
