"""Nodes that share this machine's kernel: a booted container with a systemd of its own, and chroots without one."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.fakes.sshd import free_port, sshd_program
from tests.nodes.machine import Machine
from tests.nodes.roots import layered

#: what acts on this machine, since its kernel is the chroot's too
_NEVER = "-sys_admin,-sys_boot,-sys_module,-sys_time,-sys_rawio"


@contextmanager
def booted(made: Path, folder: Path) -> Iterator[Machine]:
    """A container whose init is systemd."""
    with layered(made / "root", folder) as root:
        machine = Machine("booted", made, free_port(), folder, root)
        _listen(root, machine.port)
        boot(machine)
        try:
            machine.wait_until_it_answers(120)
            yield machine
        finally:
            assert machine.process
            machine.hang_up()
            # its init powers it off; to end nspawn itself would leave it behind
            machine.process.terminate()
            machine.process.wait(120)


def boot(machine: Machine) -> None:
    """Also again, after a reboot, which ends nspawn."""
    name = f"podwright-{machine.port}"
    command = ["systemd-nspawn", "-q", "--register=no", "--keep-unit", "-D", machine.root, "-M", name, "-b"]
    with (machine.folder / "console").open("ab") as console:
        machine.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=console, stderr=subprocess.STDOUT
        )


def reboot(machine: Machine) -> None:
    machine.run("setsid sh -c 'sleep 1; systemctl reboot' >/dev/null 2>&1 &")
    assert machine.process
    # for a service to start it again
    assert machine.process.wait(120) == 133
    boot(machine)
    machine.wait_until_it_answers(120)


@contextmanager
def openrc(made: Path, folder: Path) -> Iterator[Machine]:
    """A Debian whose services are OpenRC's."""
    with layered(made / "root", folder) as root:
        machine = Machine("openrc", made, free_port(), folder, root)
        _listen(root, machine.port)
        prepare = "mkdir -p /run/openrc /run/sshd; for one in started daemons exclusive options; do"
        prepare += " mkdir -p /run/openrc/$one; done; echo default >/run/openrc/softlevel"
        with _chrooted(machine, prepare):
            yield machine


@contextmanager
def busybox(made: Path, folder: Path) -> Iterator[Machine]:
    """A machine whose programs are busybox, and sshd."""
    root = folder / "root"
    for name in ("bin", "etc/ssh", "dev", "proc", "sys", "run/sshd", "tmp", "root", "var/lib", "usr/bin"):
        (root / name).mkdir(parents=True)
    program = shutil.which("busybox")
    assert program
    for name in (program, sshd_program()):
        _copy_with_libraries(name, root)
    applets = subprocess.run(["busybox", "--list"], capture_output=True, text=True, check=True).stdout.split()
    for applet in applets:
        if applet != "busybox":
            (root / "bin" / applet).symlink_to(program)
    (root / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\nsshd:x:100:65534::/run/sshd:/bin/false\n")
    (root / "etc/group").write_text("root:x:0:\n")
    for name in ("node", "node_key", "node_users"):
        shutil.copy(made / "root/etc/ssh" / name, root / "etc/ssh" / name)
    machine = Machine("busybox", made, free_port(), folder, root)
    _listen(root, machine.port)
    with _chrooted(machine, ":"):
        yield machine


def _listen(root: Path, port: int) -> None:
    (root / "etc/ssh/node.d").mkdir()
    (root / "etc/ssh/node.d/port.conf").write_text(f"ListenAddress 127.0.0.1\nPort {port}\n")


def _copy_with_libraries(program: str, root: Path) -> None:
    linked = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
    for path in (program, *re.findall(r"(/\S+) \(", linked)):
        copy = root / path.lstrip("/")
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)


@contextmanager
def _chrooted(machine: Machine, prepare: str) -> Iterator[Machine]:
    """An sshd in a chroot with mounts, processes and a host name of its own, that cannot change this machine's kernel."""
    root = machine.root
    assert root
    program = f"""
set -eu
mount -t proc proc {root}/proc
mount -o bind,ro {root}/proc/sys {root}/proc/sys
mount -t tmpfs tmpfs {root}/tmp
mount --rbind -o ro /sys {root}/sys
mount -t tmpfs -o mode=755 tmpfs {root}/dev
for name in null zero random urandom tty; do touch {root}/dev/$name; mount --bind /dev/$name {root}/dev/$name; done
mkdir {root}/dev/pts
mount -t devpts -o newinstance,ptmxmode=666 devpts {root}/dev/pts
ln -s pts/ptmx {root}/dev/ptmx
hostname {machine.name}
exec setpriv --bounding-set={_NEVER} chroot {root} /bin/sh -c '{prepare}
{sshd_program()} -D -e -f /etc/ssh/node & wait'
"""
    machine.process = _unshared(program, machine.folder / "console")
    try:
        machine.wait_until_it_answers(120)
        yield machine
    finally:
        machine.hang_up()
        # all its processes end with the first one of their namespace
        machine.process.kill()
        machine.process.wait(120)


def _unshared(program: str, console: Path) -> subprocess.Popen[bytes]:
    command: Sequence[str] = ("unshare", "-m", "-u", "-p", "-f", "--kill-child", "sh", "-c", program)
    with console.open("ab") as written:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=written, stderr=subprocess.STDOUT)
