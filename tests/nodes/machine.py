"""A node of these tests as podwright reaches it: by OpenSSH, on a port of this machine."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from podwright.cli.main import exit_code
from podwright.errors import HostError
from podwright.inventory.node import Connection, Node
from podwright.remote.host import Host
from podwright.remote.ssh.connection import SshClient, SshOptions
from podwright.remote.ssh.host import SshHost


def until(condition: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.1)


@dataclass
class Machine:
    """`made` is the folder of its keys, `process` what it ends with; `root` are its files, if they are seen from here."""

    name: str
    made: Path
    port: int
    folder: Path
    root: Path | None = None
    process: subprocess.Popen[bytes] | None = None
    _host: Host | None = None
    _connection: ExitStack = field(default_factory=ExitStack)

    @property
    def node(self) -> Node:
        key = str(self.made / "key")
        return Node(
            self.name, Connection(host="127.0.0.1", port=self.port, user="root", private_key_file=key)
        )

    @property
    def known_hosts(self) -> Path:
        path = self.folder / "known_hosts"
        path.write_text(f"[127.0.0.1]:{self.port} {(self.made / 'host_key.pub').read_text()}")
        return path

    @contextmanager
    def connected(self) -> Iterator[Host]:
        options = SshOptions(config_file=Path("none"), known_hosts_files=(self.known_hosts,))
        with SshClient(options) as client, client.connect(self.node) as host:
            yield host

    def run(self, command: str) -> str:
        """What a shell there answers; over one connection, which costs a virtual machine more than most commands."""
        self._host = self._host or self._connection.enter_context(self.connected())
        return run(self._host, command)

    def hang_up(self) -> None:
        self._host = None
        self._connection.close()

    def answers(self, command: str = "echo up") -> str:
        """As `run`, or nothing if it cannot be reached."""
        assert self.process is None or self.process.poll() is None, self.console
        try:
            with socket.create_connection(("127.0.0.1", self.port), 15) as probe:
                # qemu takes the connection of a machine that is not up
                if probe.recv(4) != b"SSH-":
                    return ""
            self.hang_up()
            return self.run(command)
        except (OSError, HostError):
            return ""

    @property
    def console(self) -> str:
        path = self.folder / "console"
        return path.read_text("utf-8", "replace")[-3000:] if path.exists() else ""

    def wait_until_it_answers(self, seconds: float) -> None:
        try:
            until(lambda: bool(self.answers()), seconds)
        except AssertionError as error:
            raise AssertionError(f"{self.name} does not answer: {self.console}") from error


def run(host: Host, command: str) -> str:
    return b"".join(host.stream(f"{command}\n", timeout=60)).decode()


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str
    #: how many programs the node was given to run
    programs: int

    @property
    def document(self) -> dict:
        return json.loads(self.out)

    @property
    def node(self) -> dict:
        [node] = self.document["nodes"]
        return node


@dataclass
class Site:
    """One machine as the site of a person who runs podwright."""

    machine: Machine
    folder: Path
    capsys: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch
    programs: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        stream = SshHost.stream

        def counted(host: SshHost, program: str, *more: object, **given: object) -> object:
            self.programs.append(program)
            return stream(host, program, *more, **given)  # type: ignore[arg-type]

        self.patch.setattr(SshHost, "stream", counted)
        self.patch.setenv("HOME", str(self.folder))
        (self.folder / "templates").mkdir(exist_ok=True)
        self.declare()

    def declare(self, variables: Mapping[str, object] | None = None, **node: object) -> None:
        """`podwright_node` of the machine, and more variables."""
        connection = self.machine.node.connection
        ssh = {
            "ansible_host": connection.host,
            "ansible_port": connection.port,
            "ansible_user": connection.user,
            "ansible_ssh_private_key_file": connection.private_key_file,
        }
        hosts = {self.machine.name: {**ssh, **(variables or {}), "podwright_node": node}}
        (self.folder / "inventory.yaml").write_text(json.dumps({"all": {"hosts": hosts}}))

    def podwright(self, *arguments: str) -> Answer:
        self.programs.clear()
        site = ("-i", str(self.folder / "inventory.yaml"), "--templates", str(self.folder / "templates"))
        code = exit_code([*site, "--known-hosts", str(self.machine.known_hosts), *arguments])
        shown = self.capsys.readouterr()
        assert "Traceback" not in shown.err
        return Answer(code, shown.out, shown.err, len(self.programs))

    def provision(self, *arguments: str) -> Answer:
        return self.podwright("node", "provision", "-y", "-o", "json", *arguments)

    def provisioned(self, *arguments: str) -> Answer:
        answer = self.provision(*arguments)
        assert answer.code == 0, answer.out + answer.err
        return answer

    def becomes_ready(self, *paths: str) -> None:
        """From what is not as declared to what is; `paths` are all that was written."""
        planned = self.podwright("node", "provision", "--dry-run", "-o", "json").node
        done = self.provisioned()
        assert (planned["status"], done.node["status"]) == ("pending", "changed")
        assert [change["file"] for change in planned["changes"]] == applied(done)
        self.is_ready(*paths)

    def is_ready(self, *paths: str) -> Answer:
        """In one round trip, without touching anything."""
        before = states_of(self.machine, *paths)
        again = self.provisioned()
        assert (again.node["status"], again.programs) == ("unchanged", 1)
        assert states_of(self.machine, *paths) == before
        return again


def states_of(machine: Machine, *paths: str) -> str:
    """Inode, time, rights and size of all that lies there: what is written again differs."""
    return machine.run(f"find {' '.join(paths)} -exec stat -c '%n %i %y %a %U:%G %s' '{{}}' + 2>&1")


def applied(answer: Answer, what: str = "written") -> list[str]:
    """What the node says that it did, in order; what is removed or released counts as written."""
    called = {"written": ("written", "removed", "released", "returned")}.get(what, (what,))
    return [entry["file"] for entry in answer.node["applied"] if entry["what"] in called]
