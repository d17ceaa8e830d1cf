"""The dead-man switch on a node that runs a real systemd: `PODWRIGHT_TEST_SYSTEMD` names a root that boots, such as
`debootstrap --variant=minbase --include=systemd,systemd-sysv,openssh-server bookworm ROOT`. Nothing is written into it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.fakes.nouns import manifest
from tests.fakes.sshd import free_port, make_key
from tests.unit.remote.node.test_apply import carry_out, until
from tests.unit.remote.node.test_history import writing
from tests.unit.remote.node.test_switch import switching

from podwright.inventory.node import Connection, Node
from podwright.operations.observation import with_manifests
from podwright.plan.observed import Observation
from podwright.plan.pending import SwitchState
from podwright.remote.host import Host
from podwright.remote.node.observe import observe
from podwright.remote.node.switch import confirm
from podwright.remote.ssh.connection import SshClient, SshOptions

pytestmark = pytest.mark.oracle("systemd")
FOLDER = Path("/etc/kubernetes/manifests")
WEB, NEXT = manifest(), manifest(image="example.com/web:2")
#: a kubelet that writes down what it finds when it starts
KUBELET = f"""\
[Service]
ExecStart=/bin/sh -c 'cat {FOLDER}/* >/seen; exec sleep infinity'
[Install]
WantedBy=multi-user.target
"""
SSHD = """\
[Service]
ExecStartPre=/bin/mkdir -p /run/sshd
ExecStart=/usr/sbin/sshd -D -e -f /etc/ssh/lab
KillMode=process
[Install]
WantedBy=multi-user.target
"""


@dataclass
class Machine:
    """A booted container; `folder` and `state` are its own, as seen from here."""

    root: Path
    node: Node
    options: SshOptions
    process: subprocess.Popen[bytes]
    host: Host | None = None

    @property
    def folder(self) -> Path:
        return self.root / FOLDER.relative_to("/")

    @contextmanager
    def connected(self) -> Iterator[Machine]:
        """What `test_apply` calls a node: a host, and an observation of its folder."""
        with SshClient(self.options) as client, client.connect(self.node) as host:
            self.host = host
            yield self
        self.host = None

    def seen(self) -> Observation:
        assert self.host
        return with_manifests(observe("n1", self.host, folder=str(FOLDER)), (), None)

    def run(self, command: str) -> str:
        with self.connected():
            assert self.host
            return b"".join(self.host.stream(f"{command}\n", timeout=30)).decode()

    def units(self) -> str:
        return self.run(
            "systemctl list-units --all --no-legend --plain 'podwright-*'; ls /etc/systemd/system"
        )

    def web(self) -> str:
        return (self.folder / "web.yaml").read_text()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    root = tmp_path / "root"
    for name in ("root", "layers"):
        (tmp_path / name).mkdir()
    mount = ["mount", "-t", "tmpfs", "tmpfs", str(tmp_path / "layers")]
    subprocess.run(mount, check=True)
    for name in ("upper", "work"):
        (tmp_path / "layers" / name).mkdir()
    lower = os.environ["PODWRIGHT_TEST_SYSTEMD"]
    layers = f"lowerdir={lower},upperdir={tmp_path}/layers/upper,workdir={tmp_path}/layers/work"
    subprocess.run(["mount", "-t", "overlay", "overlay", "-o", layers, str(root)], check=True)
    try:
        with booted(root, tmp_path) as found:
            yield found
    finally:
        subprocess.run(["umount", str(root)], check=True)
        subprocess.run(["umount", str(tmp_path / "layers")], check=True)


@contextmanager
def booted(root: Path, folder: Path) -> Iterator[Machine]:
    port = free_port()
    for name in ("user", "host"):
        make_key(folder / name, "ed25519")
    shutil.copy(folder / "host", root / "etc" / "ssh" / "lab_key")
    shutil.copy(folder / "user.pub", root / "etc" / "ssh" / "lab_users")
    (root / "etc/ssh/lab").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey /etc/ssh/lab_key\nAuthorizedKeysFile /etc/ssh/lab_users\n"
        "UsePAM no\nStrictModes no\nPidFile none\nPermitRootLogin prohibit-password\n"
    )
    for name, text in (("kubelet", KUBELET), ("lab-sshd", SSHD)):
        (root / f"etc/systemd/system/{name}.service").write_text(text)
        (root / f"etc/systemd/system/multi-user.target.wants/{name}.service").symlink_to(f"../{name}.service")
    (root / FOLDER.relative_to("/")).mkdir(parents=True)
    known = folder / "known_hosts"
    known.write_text(f"[127.0.0.1]:{port} {(folder / 'host.pub').read_text()}")
    connection = Connection(host="127.0.0.1", port=port, user="root", private_key_file=str(folder / "user"))
    options = SshOptions(config_file=Path("none"), known_hosts_files=(known,))
    machine = Machine(root, Node("n1", connection), options, boot(root))
    try:
        until(lambda: answers(machine), 30)
        yield machine
    finally:
        # the container's init powers it off; to end nspawn itself would leave it behind
        machine.process.terminate()
        machine.process.wait(30)


def boot(root: Path) -> subprocess.Popen[bytes]:
    command = ["systemd-nspawn", "-q", "--register=no", "--keep-unit", "-D", str(root), "-M", "dmnode", "-b"]
    with root.with_name("console").open("ab") as console:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=console, stderr=subprocess.STDOUT)


def answers(machine: Machine) -> bool:
    try:
        return machine.run("echo up") == "up\n"
    except Exception:
        time.sleep(0.2)
        return False


def test_a_service_waits_through_reloads_and_without_sshd_and_leaves_nothing(machine: Machine) -> None:
    with machine.connected():
        carry_out(machine, writing(machine, WEB))
        carry_out(machine, switching(machine, NEXT, seconds=8))
    assert "-waits.service" in machine.units()
    machine.run("systemctl daemon-reload; systemctl restart lab-sshd")
    until(lambda: answers(machine), 10)
    assert machine.web() == NEXT.text(2)
    until(lambda: machine.web() == WEB.text(4), 15)
    until(lambda: "podwright" not in machine.units(), 10)
    assert machine.run("systemctl --failed --no-legend --plain | grep -c podwright || :") == "0\n"
    with machine.connected():
        [fired] = machine.seen().pending
        assert fired.state is SwitchState.FIRED
        carry_out(machine, switching(machine, NEXT, run="r3", seconds=60))
    assert machine.units().count("podwright-r3") == 2
    with machine.connected():
        assert confirm(machine.host, machine.seen(), "r3")
    until(lambda: "podwright" not in machine.units(), 10)
    assert machine.web() == NEXT.text(5)


def test_a_restart_goes_back_before_the_kubelet_starts(machine: Machine) -> None:
    with machine.connected():
        carry_out(machine, writing(machine, WEB))
        carry_out(machine, switching(machine, NEXT, seconds=600))
    (machine.root / "seen").unlink(missing_ok=True)
    machine.run("setsid sh -c 'sleep 1; systemctl reboot' >/dev/null 2>&1 &")
    # a restart ends nspawn, for a service to start it again
    assert machine.process.wait(60) == 133
    machine.process = boot(machine.root)
    until(lambda: (machine.root / "seen").exists() and answers(machine), 60)
    assert (machine.root / "seen").read_text() == WEB.text(4)
    assert machine.web() == WEB.text(4)
    assert "podwright" not in machine.run("ls /etc/systemd/system /etc/systemd/system/*.wants")
    assert machine.run("systemctl --failed --no-legend --plain | grep -c podwright || :") == "0\n"
    with machine.connected():
        [fired] = machine.seen().pending
    assert fired.state is SwitchState.FIRED
    assert not (machine.folder.parent / ".podwright" / "manifests" / "switch").exists()
