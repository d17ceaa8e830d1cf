"""A fleet of real OpenSSH servers on loopback: one sshd a node, on its own port, with its own manifest folder.

As root each sshd has a mount namespace of its own in which a folder of ours is bound over /etc/kubernetes, so that
every tool may write to the path people use, and a process table of its own, so that no node sees the others' servers.
Otherwise the nodes share both and each has its own path.
"""

from __future__ import annotations

import getpass
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.latency import relay

START_SECONDS = 30.0
KUBERNETES = Path("/etc/kubernetes")


@dataclass(frozen=True, slots=True)
class BenchNode:
    """One server: `port` is what clients connect to; `manifest_dir` its folder as they see it, `folder` as we do."""

    name: str
    port: int
    manifest_dir: str
    folder: str


@dataclass(frozen=True, slots=True)
class Fleet:
    """Running servers and what a client needs to log in: `home` holds user_key, known_hosts and ssh_config."""

    home: Path
    nodes: tuple[BenchNode, ...]
    user: str

    @property
    def key(self) -> Path:
        return self.home / "user_key"

    @property
    def known_hosts(self) -> Path:
        return self.home / "known_hosts"

    def clear(self) -> None:
        """Empty every manifest folder, and drop what a tool keeps beside it."""
        for node in self.nodes:
            folder = Path(node.folder)
            for entry in folder.parent.iterdir() if folder.parent.is_dir() else ():
                shutil.rmtree(entry)
            folder.mkdir(mode=0o700, parents=True)

    def put(self, texts: dict[str, dict[str, str]]) -> None:
        """Put files in place as if pushed before: {node: {file name: text}}."""
        self.clear()
        for node in self.nodes:
            for name, text in texts[node.name].items():
                path = Path(node.folder) / name
                path.touch(0o600)
                path.write_text(text)

    def files(self, node: BenchNode) -> dict[str, str]:
        """What lies in one node's folder."""
        return {path.name: path.read_text() for path in Path(node.folder).iterdir() if path.is_file()}


@contextmanager
def running_fleet(home: Path, count: int, *, relayed_by: int = 0) -> Iterator[Fleet]:
    """Start `count` servers whose files lie in `home` (absolute); clients reach them with that many ms of round trip."""
    home.mkdir(parents=True, exist_ok=True)
    _make_keys(home)
    with ExitStack() as stack:
        ports = _free_ports(count)
        reached = stack.enter_context(relay(ports, relayed_by)) if relayed_by else ports
        nodes = tuple(
            _node(home, number, *both) for number, both in enumerate(zip(ports, reached, strict=True))
        )
        fleet = Fleet(home, nodes, getpass.getuser())
        fleet.clear()
        _write_client_files(fleet)
        for node in nodes:
            stack.enter_context(_running(_server_command(home, node), home / f"{node.name}.log"))
        for port in ports:
            _wait_until_it_answers(port)
        yield fleet


def _node(home: Path, number: int, server_port: int, port: int) -> BenchNode:
    name = f"node-{number + 1:03}"
    folder = home / "nodes" / name / "kubernetes" / "manifests"
    seen = str(KUBERNETES / "manifests") if os.geteuid() == 0 else str(folder)
    sftp = next((path for path in _SFTP_SERVERS if os.access(path, os.X_OK)), "internal-sftp")
    (home / f"{name}.conf").write_text(_CONFIGURATION.format(home=home, port=server_port, sftp=sftp))
    return BenchNode(name, port, seen, str(folder))


# SHLVL keeps bash, started by sshd, from reading ~/.bashrc: nobody's tool should pay for what stands there
_CONFIGURATION = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {home}/host_key
AuthorizedKeysFile {home}/authorized_keys
UsePAM no
StrictModes no
PidFile none
UseDNS no
LogLevel ERROR
PasswordAuthentication no
KbdInteractiveAuthentication no
MaxSessions 64
MaxStartups 1000
SetEnv SHLVL=2
Subsystem sftp {sftp}
"""
_SFTP_SERVERS = (
    "/usr/lib/openssh/sftp-server",
    "/usr/libexec/openssh/sftp-server",
    "/usr/lib/ssh/sftp-server",
)


def _server_command(home: Path, node: BenchNode) -> list[str]:
    sshd = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if sshd is None:
        raise SystemExit("error: there is no sshd on this machine\n\nhint: install openssh-server")
    server = [sshd, "-D", "-e", "-f", str(home / f"{node.name}.conf")]
    if os.geteuid() != 0:
        return server
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    KUBERNETES.mkdir(exist_ok=True)
    bind = 'mount --bind "$1" "$2"; shift 2; exec "$@"'
    own = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
    return [*own, "sh", "-ec", bind, "sh", str(Path(node.folder).parent), str(KUBERNETES), *server]


@contextmanager
def _running(command: Sequence[str], log: Path) -> Iterator[None]:
    with log.open("wb") as sink:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink)
    try:
        yield
    finally:
        process.kill()  # unshare ignores SIGTERM; with it goes the whole process table
        process.wait()


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def _wait_until_it_answers(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as probe:
                if probe.recv(4) == b"SSH-":
                    return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"error: the sshd on port {port} does not answer")


def _make_keys(home: Path) -> None:
    for name in ("host_key", "user_key"):
        if not (home / name).exists():
            subprocess.run(
                ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "bench", "-f", str(home / name)],
                check=True,
            )
    shutil.copy(home / "user_key.pub", home / "authorized_keys")


def _write_client_files(fleet: Fleet) -> None:
    key = " ".join((fleet.home / "host_key.pub").read_text().split()[:2])
    fleet.known_hosts.write_text("".join(f"[127.0.0.1]:{node.port} {key}\n" for node in fleet.nodes))
    settings = (
        f"Host *\n  User {fleet.user}\n  HostName 127.0.0.1\n  IdentityFile {fleet.key}\n  IdentitiesOnly yes\n"
        f"  UserKnownHostsFile {fleet.known_hosts}\n  StrictHostKeyChecking yes\n"
    )
    hosts = "".join(f"Host {node.name}\n  Port {node.port}\n" for node in fleet.nodes)
    (fleet.home / "ssh_config").write_text(hosts + settings)
    (fleet.home / "nodes.json").write_text(json.dumps([asdict(node) for node in fleet.nodes]))
