"""A real OpenSSH server on loopback, in a folder of its own, as whoever runs the tests (root or not)."""

from __future__ import annotations

import getpass
import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.fakes.copies import replace

from podwright.inventory.node import Connection, Node
from podwright.remote.ssh.connection import SshOptions

START_SECONDS = 60.0
#: below those that the kernel gives to connections: one of these is free until its server takes it
_PORTS, _OF_A_WORKER = 20_000, 2_000
_given: set[int] = set()


@dataclass(frozen=True)
class Sshd:
    """A running server; `options()` and `node()` are what a client of it needs."""

    folder: Path
    port: int
    user: str
    process: subprocess.Popen[bytes]

    @property
    def key(self) -> Path:
        return self.folder / "user_key"

    @property
    def known_hosts(self) -> Path:
        return self.folder / "known_hosts"

    @property
    def log(self) -> str:
        return (self.folder / "sshd.log").read_text("utf-8", "replace")

    def host_key(self, kind: str = "ed25519") -> str:
        """Return the kind and base64 of the server's public key."""
        return " ".join((self.folder / f"host_{kind}.pub").read_text().split()[:2])

    def node(self, name: str = "cp-1", **connection: object) -> Node:
        base = Connection(host="127.0.0.1", port=self.port, user=self.user, private_key_file=str(self.key))
        return Node(name, replace(base, **connection))  # type: ignore[arg-type]

    def options(self, **changes: object) -> SshOptions:
        base = SshOptions(config_file=Path("none"), known_hosts_files=(self.known_hosts,))
        return replace(base, **changes)  # type: ignore[arg-type]


@contextmanager
def running_sshd(
    folder: Path,
    *,
    extra_config: str = "",
    host_kinds: Sequence[str] = ("ed25519",),
    user: str | None = None,
    port: int | None = None,
) -> Iterator[Sshd]:
    """Start an sshd whose files lie in `folder`; its keys are made there, and `known_hosts` says the truth about it.

    As root it also lets other users of the machine in, with the same key.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    for kind in host_kinds:
        make_key(folder / f"host_{kind}", kind)
    if not (folder / "user_key").exists():
        make_key(folder / "user_key", "ed25519")
        shutil.copy(folder / "user_key.pub", folder / "authorized_keys")
    (folder / "authorized_keys").chmod(0o644)
    port = port or free_port()
    config = folder / "sshd_config"  # sshd starts itself again from `/`: the path must be absolute
    config.write_text(extra_config + _config(folder, port, host_kinds))  # the first value of a keyword counts
    known = "".join(f"[127.0.0.1]:{port} {_public(folder, kind)}\n" for kind in host_kinds)
    (folder / "known_hosts").write_text(known)
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    with (folder / "sshd.log").open("ab") as log:
        process = subprocess.Popen(
            [sshd_program(), "-D", "-e", "-f", str(config.resolve())], stdin=subprocess.DEVNULL, stderr=log
        )
    server = Sshd(folder, port, user or getpass.getuser(), process)
    try:
        _wait_until_it_answers(server)
        yield server
    finally:
        process.terminate()
        process.wait(60)


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that other users of the machine may read, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="podwright-sshd-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def sshd() -> Iterator[Sshd]:
    """One server for the whole session; import this name into a conftest.py to use it."""
    with open_folder() as folder, running_sshd(folder) as server:
        yield server


def sshd_program() -> str:
    found = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if not found:
        raise RuntimeError("these tests need OpenSSH's sshd: install openssh-server")
    return found


def free_port() -> int:
    """A port that no connection and no other worker of these tests takes; the same one is not given twice."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 6
    first = _PORTS + worker * _OF_A_WORKER
    while True:
        port = random.randrange(first, first + _OF_A_WORKER)
        with suppress(OSError), socket.socket() as probe:
            if port not in _given:
                probe.bind(("127.0.0.1", port))
                _given.add(port)
                return port


def cheap(kind: str) -> tuple[str, ...]:
    """A passphrase hashed once, and a small RSA key: as good for a test as what takes up to a second to make or to read."""
    return ("-a", "1", "-b", "2048") if kind == "rsa" else ("-a", "1")


def make_key(path: Path, kind: str, *, passphrase: str = "", comment: str = "test") -> None:
    if not path.exists():
        subprocess.run(
            ["ssh-keygen", "-q", "-t", kind, *cheap(kind), "-N", passphrase, "-C", comment, "-f", str(path)],
            check=True,
            stdin=subprocess.DEVNULL,
        )


def _public(folder: Path, kind: str) -> str:
    return " ".join((folder / f"host_{kind}.pub").read_text().split()[:2])


def _config(folder: Path, port: int, host_kinds: Sequence[str]) -> str:
    keys = "".join(f"HostKey {folder}/host_{kind}\n" for kind in host_kinds)
    return (
        f"{keys}ListenAddress 127.0.0.1\nPort {port}\nPidFile none\nUsePAM no\nStrictModes no\n"
        f"AuthorizedKeysFile {folder}/authorized_keys\nPasswordAuthentication no\n"
        "KbdInteractiveAuthentication no\nMaxStartups 200:30:400\nLogLevel VERBOSE\n"
        "SetEnv SHLVL=2\n"  # so that no bash reads ~/.bashrc
    )


def _wait_until_it_answers(server: Sshd) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        try:
            with socket.create_connection(("127.0.0.1", server.port), 1) as probe:
                if probe.recv(4) == b"SSH-":
                    return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"sshd did not start: {server.log}")
