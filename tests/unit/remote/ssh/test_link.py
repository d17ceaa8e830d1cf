"""How a link is opened and what its failures are called; real servers are in tests/contract."""

from __future__ import annotations

import socket
from pathlib import Path

import paramiko
import pytest
from paramiko.ssh_exception import IncompatiblePeer, SSHException
from tests.fakes.rogue_servers import hangs_up, says_nothing, tcp_server

from podwright.errors import AuthenticationError, HostError, HostKeyError, HostUnreachableError
from podwright.remote.ssh.config_settings import HostSettings
from podwright.remote.ssh.host_keys import HostKeys
from podwright.remote.ssh.keys import KeyFiles
from podwright.remote.ssh.link import Linker
from podwright.remote.ssh.route import Route


class FailingConnection:
    """Fails to open as it is told; remembers its socket."""

    def __init__(self, error: Exception, sock: socket.socket) -> None:
        self.client, self.error, self.sock = paramiko.SSHClient(), error, sock

    def open(self) -> None:
        raise self.error


def open_with(error: Exception, known: Path, **settings: object) -> list[FailingConnection]:
    """Open a link on a connection that fails with `error`; the connections that were made."""
    made: list[FailingConnection] = []

    def connection(_host: str, _user: str, _port: int, _seconds: float, kwargs: dict) -> FailingConnection:
        made.append(FailingConnection(error, kwargs["sock"]))
        return made[-1]

    known.touch()
    with tcp_server(says_nothing) as port:
        route = Route(HostSettings("127.0.0.1", port, "ops", **settings), connect_timeout=2)
        try:
            Linker(connection, HostKeys((known,)), KeyFiles()).open("cp-1", route)
        finally:
            assert all(connection.sock.fileno() == -1 for connection in made), "its socket is closed"
    return made


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (paramiko.AuthenticationException("no"), AuthenticationError, "`ops` at 127.0.0.1:"),
        (
            IncompatiblePeer("no acceptable host key"),
            HostKeyError,
            "shows no host key of a kind that is known",
        ),
        (
            SSHException("No existing session"),
            HostUnreachableError,
            "did not finish the SSH handshake within 2 s",
        ),
        (EOFError(), HostUnreachableError, "does not answer as an SSH server: it hung up"),
        (ValueError("nonsense"), HostUnreachableError, "does not answer as an SSH server: nonsense"),
        (HostError("cp-1: ours"), HostError, "cp-1: ours"),
    ],
)
def test_whatever_goes_wrong_is_one_of_our_errors_and_leaves_nothing_open(
    tmp_path: Path, error: Exception, kind: type[HostError], message: str
) -> None:
    with pytest.raises(kind) as failure:
        open_with(error, tmp_path / "known")
    assert failure.value.message.startswith("cp-1: ")
    assert message in failure.value.message


def test_a_command_in_the_way_is_told_with_its_own_complaint(tmp_path: Path) -> None:
    with pytest.raises(HostUnreachableError, match=r"`ProxyCommand` did not lead to 127.0.0.1:.*: `no way`"):
        _open_by_command(tmp_path, "echo 'no way' >&2; exit 1")


def _open_by_command(folder: Path, command: str) -> None:
    def connection(*_words: object) -> FailingConnection:
        # it has ended, and told why
        assert _words[4]["sock"].recv(1) == b""
        return FailingConnection(EOFError(), _words[4]["sock"])

    (folder / "known").touch()
    route = Route(HostSettings("127.0.0.1", 22, "ops", proxy_command=command), connect_timeout=2)
    Linker(connection, HostKeys((folder / "known",)), KeyFiles()).open("cp-1", route)


def test_known_keys_of_kinds_that_nobody_reads_are_named_before_anything_is_opened(tmp_path: Path) -> None:
    (tmp_path / "known").write_text("127.0.0.1 ssh-dss AAAAB3NzaC1kc3M=\n")
    made: list[object] = []
    linker = Linker(lambda *words: made.append(words), HostKeys((tmp_path / "known",)), KeyFiles())
    with pytest.raises(HostKeyError, match="are of kinds that are not supported: ssh-dss"):
        linker.open("cp-1", Route(HostSettings("127.0.0.1", 22, "ops")))
    assert made == []


def test_a_server_that_hangs_up_is_told_by_a_real_connection_too(tmp_path: Path) -> None:
    from podwright.inventory.node import Connection, Node
    from podwright.remote.ssh.connection import SshClient, SshOptions

    (tmp_path / "known").touch()
    options = SshOptions(config_file=Path("none"), known_hosts_files=(tmp_path / "known",))
    with tcp_server(hangs_up) as port, SshClient(options) as client:
        node = Node("cp-1", Connection("127.0.0.1", port, "ops"))
        with pytest.raises(HostUnreachableError, match="does not answer as an SSH server"):
            client.connect(node).__enter__()
