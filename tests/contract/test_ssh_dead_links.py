"""Links and programs that stop to answer while nothing is closed: relays that drop, and processes that are stopped."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.fakes.sshd import Sshd, running_sshd

from podwright.errors import HostError, HostTimeoutError, HostUnreachableError
from podwright.remote.host import SILENCE_SECONDS, Output
from podwright.remote.ssh.connection import SshClient

#: how soon a dead link must be noticed, and what a loaded machine may add
SECONDS, SLACK = 15, 20


@dataclass
class Relay:
    """Forwards between a client and a port; what comes on a way that is `dead` is read and dropped."""

    port: int
    target: int
    dead: set[str] = field(default_factory=set)

    def pump(self, source: socket.socket, sink: socket.socket, way: str) -> None:
        with suppress(OSError):
            while chunk := source.recv(65536):
                if way not in self.dead:
                    sink.sendall(chunk)


@contextmanager
def relay_to(target: int) -> Iterator[Relay]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        relay = Relay(listener.getsockname()[1], target)
        ends: list[socket.socket] = []

        def accept() -> None:
            with suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    server = socket.create_connection(("127.0.0.1", target))
                    ends.extend((client, server))
                    for ways in ((client, server, "there"), (server, client, "back")):
                        threading.Thread(target=relay.pump, args=ways, daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield relay
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            for end in ends:
                end.close()


@contextmanager
def through(relay: Relay, sshd: Sshd, tmp_path) -> Iterator[object]:
    known = tmp_path / "known_hosts"
    known.write_text(f"[127.0.0.1]:{relay.port} {sshd.host_key()}\n")
    client = SshClient(sshd.options(known_hosts_files=(known,)))
    with client.connect(sshd.node(port=relay.port)) as host:
        yield host


@pytest.mark.parametrize("way", ["there", "back"])
def test_a_link_that_is_dead_one_way_is_lost_within_15_seconds(sshd: Sshd, tmp_path, way: str) -> None:
    """Whatever the program prints: one that waits quietly is told apart from a link that is gone."""
    with relay_to(sshd.port) as relay, through(relay, sshd, tmp_path) as host:
        output = host.stream("echo begun; sleep 60", timeout=120)
        assert next(output).strip() == b"begun"
        relay.dead.add(way)
        begun = time.monotonic()
        with pytest.raises(HostUnreachableError, match="the connection was lost while a program ran"):
            list(output)
        assert time.monotonic() - begun < SECONDS + SLACK


@contextmanager
def stopped(pids: Iterable[int]) -> Iterator[None]:
    pids = tuple(pids)
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def family(pid: int) -> Iterator[int]:
    """A process and all that descend from it."""
    yield pid
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        yield from family(int(child))


def lost_after(output: Output, error: type[HostError], words: str) -> None:
    begun = time.monotonic()
    with pytest.raises(error, match=words):
        list(output)
    assert time.monotonic() - begun < SECONDS + SLACK


def test_an_sshd_that_is_stuck_is_a_lost_connection(tmp_path) -> None:
    with (
        running_sshd(tmp_path) as sshd,
        SshClient(sshd.options()) as client,
        client.connect(sshd.node()) as host,
    ):
        output = host.stream("echo begun; sleep 60", timeout=120)
        assert next(output).strip() == b"begun"
        with stopped(family(sshd.process.pid)):
            lost_after(output, HostUnreachableError, "the connection was lost while a program ran")


@pytest.mark.parametrize(
    ("stuck", "program"), [("jump host", "echo begun; sleep 60"), ("node", f": {'x' * (4 << 20)}")]
)
def test_a_stuck_sshd_behind_a_jump_host_is_a_lost_connection(tmp_path, stuck: str, program: str) -> None:
    """Whether the program is on its way, and fills every buffer, or runs."""
    with running_sshd(tmp_path / "jump") as jump, running_sshd(tmp_path / "end") as end:
        config, known = tmp_path / "config", tmp_path / "known_hosts"
        config.write_text(
            f"Host jump\n  HostName 127.0.0.1\n  Port {jump.port}\n  IdentityFile {jump.key}\n"
            "Host 127.0.0.1\n  ProxyJump jump\n"
        )
        known.write_text(jump.known_hosts.read_text() + end.known_hosts.read_text())
        options = end.options(config_file=config, known_hosts_files=(known,))
        with SshClient(options) as client, client.connect(end.node()) as host:
            list(host.stream("true", timeout=60))
            sends = len(program) > 100
            output = host.stream(program, timeout=120)
            if not sends:
                assert next(output).strip() == b"begun"
            with stopped(family((jump if stuck == "jump host" else end).process.pid)):
                lost_after(output, HostUnreachableError, "the connection was lost")


def test_a_stuck_program_is_told_apart_from_a_lost_connection(sshd: Sshd, tmp_path) -> None:
    with SshClient(sshd.options()) as client, client.connect(sshd.node()) as host:
        output = host.stream("sh -c 'echo $PPID'; sleep 60", timeout=120, silence=SILENCE_SECONDS)
        with stopped([int(next(output))]):
            lost_after(
                output,
                HostTimeoutError,
                "cp-1: a program on the node reported nothing for 15 s; what was sent",
            )


def test_a_program_that_prints_nothing_for_longer_loses_no_link(sshd: Sshd, tmp_path) -> None:
    with relay_to(sshd.port) as relay, through(relay, sshd, tmp_path) as host:
        assert b"".join(host.stream("sleep 18; echo done", timeout=60)).strip() == b"done"
