"""Links of which one direction dies while both ends stay up: a relay before a real sshd that stops to forward."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import pytest
from tests.fakes.sshd import Sshd

from podwright.errors import HostUnreachableError
from podwright.remote.ssh.connection import SshClient

#: how soon a dead link must be noticed, and what a loaded machine may add
SECONDS, SLACK = 15, 5


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


def test_a_program_that_prints_nothing_for_longer_loses_no_link(sshd: Sshd, tmp_path) -> None:
    with relay_to(sshd.port) as relay, through(relay, sshd, tmp_path) as host:
        assert b"".join(host.stream("sleep 18; echo done", timeout=60)).strip() == b"done"
