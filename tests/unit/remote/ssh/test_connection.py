"""What the options of a run mean for a connection, and what is left when it ends."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.copies import replace
from tests.fakes.programs import run
from tests.fakes.sshd import Sshd, running_sshd

from podwright.errors import HostError, HostKeyError
from podwright.inventory.node import Connection, Node
from podwright.remote.ssh.connection import SshClient, SshOptions
from podwright.remote.ssh.host import SshHost
from podwright.secret import Secret


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with running_sshd(tmp_path_factory.mktemp("sshd")) as started:
        yield started


def test_the_command_line_says_what_the_inventory_leaves_open(server: Sshd) -> None:
    options = server.options(user=server.user, port=server.port, private_key_file=server.key)
    with SshClient(options) as client, client.connect(Node("cp-1", Connection("127.0.0.1"))) as host:
        assert run(host, "echo in", timeout=60).stdout == b"in\n"


@pytest.mark.parametrize(
    ("options", "connection", "user", "password"),
    [
        ({}, {}, None, None),
        ({"become": True, "become_password": Secret("a")}, {}, "root", "a"),
        ({"become": True}, {"become_user": "ops", "become_password": Secret("b")}, "ops", "b"),
        ({"become_password": Secret("a")}, {"become": True, "become_password": Secret("b")}, "root", "b"),
    ],
)
def test_whom_to_become_is_the_nodes_word_first(
    server: Sshd,
    options: dict[str, object],
    connection: dict[str, object],
    user: str | None,
    password: str | None,
) -> None:
    node = server.node()
    node = replace(node, connection=replace(node.connection, **connection))
    with SshClient(server.options(**options)) as client, client.connect(node) as host:
        assert isinstance(host, SshHost)
        assert host.login.node == "cp-1"
        assert host.login.become_user == user
        said = host.login.become_password
        assert (said.reveal() if said else None) == password


def test_a_connection_needs_neither_asyncio_nor_email_and_leaves_the_real_mocks_alone() -> None:
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from podwright.errors import HostUnreachableError\n"
        "from podwright.inventory.node import Connection, Node\n"
        "from podwright.remote.ssh.connection import SshClient, SshOptions\n"
        "try:\n"
        "    with SshClient(SshOptions(config_file=Path('none'))) as client:\n"
        "        client.connect(Node('cp-1', Connection('127.0.0.1', port=1))).__enter__()\n"
        "except HostUnreachableError:\n"
        "    print([name for name in ('fabric', 'asyncio', 'email', 'unittest.mock') if name in sys.modules])\n"
        "from unittest.mock import MagicMock\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "['fabric']\n"


def test_an_unknown_host_is_refused_unless_new_ones_are_accepted(server: Sshd, tmp_path: Path) -> None:
    known = (tmp_path / "known",)
    with SshClient(server.options(known_hosts_files=known)) as client, pytest.raises(HostKeyError):
        client.connect(server.node()).__enter__()
    accepting = server.options(known_hosts_files=known, accept_new_host_keys=True)
    with SshClient(accepting) as client, client.connect(server.node()):
        pass
    assert server.host_key() in known[0].read_text()


def test_an_unreadable_configuration_is_told_before_any_connection(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="there is no such SSH configuration file"):
        SshClient(SshOptions(config_file=tmp_path / "nowhere"))


def test_no_thread_outlives_the_client(server: Sshd) -> None:
    before = set(threading.enumerate())
    with SshClient(server.options()) as client:
        for _ in range(2):
            with client.connect(server.node()) as host:
                run(host, "true", timeout=60)
    for thread in set(threading.enumerate()) - before:
        thread.join(60)
    assert set(threading.enumerate()) <= before
