"""The kinds of Host that the contract is held against.

To add one (the lab's server, say), add a line to `HOSTS`: a context manager that is given an empty folder and yields
a Host whose programs run on this machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from tests.fakes.local_host import LocalHost
from tests.fakes.sshd import running_sshd, sshd

from podwright.inventory.load import load_inventory
from podwright.remote.host import Host
from podwright.remote.ssh.connection import SshClient, SshOptions
from podwright_lab.cluster import Lab

__all__ = ["host", "sshd"]


@contextmanager
def local(folder: Path) -> Iterator[Host]:
    yield LocalHost(folder)


@contextmanager
def openssh(folder: Path) -> Iterator[Host]:
    with (
        running_sshd(folder) as server,
        SshClient(server.options()) as client,
        client.connect(server.node()) as host,
    ):
        yield host


@contextmanager
def lab(folder: Path) -> Iterator[Host]:
    with (
        Lab(folder, nodes=1) as running,
        SshClient(SshOptions(config_file=Path("none"), known_hosts_files=(running.known_hosts,))) as client,
        client.connect(load_inventory(running.inventory).nodes[0]) as host,
    ):
        yield host


HOSTS: dict[str, Callable[[Path], AbstractContextManager[Host]]] = {
    "lab": lab,
    "local": local,
    "openssh": openssh,
}


@pytest.fixture(scope="module", params=sorted(HOSTS))
def host(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with HOSTS[request.param](tmp_path_factory.mktemp(request.param)) as opened:
        yield opened


@pytest.fixture(scope="module", params=sorted(HOSTS.keys() - {"lab"}))
def dialling_host(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """The lab's servers refuse to forward."""
    with HOSTS[request.param](tmp_path_factory.mktemp(request.param)) as opened:
        yield opened
