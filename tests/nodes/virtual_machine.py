"""A node with a kernel of its own, which qemu computes."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fakes.sshd import free_port
from tests.nodes.machine import Machine, until

BOOT = "cat /proc/sys/kernel/random/boot_id"


@contextmanager
def virtual(made: Path, folder: Path) -> Iterator[Machine]:
    """Its disk is that of the root; what is written to it is lost with the process, and kept over a reboot."""
    folder.mkdir(parents=True, exist_ok=True)
    machine = Machine("virtual", made, free_port(), folder)
    [kernel] = (made / "root/boot").glob("vmlinuz-*")
    command = (
        *("qemu-system-x86_64", "-accel", "tcg", "-smp", "1", "-m", "384", "-cpu", "max"),
        *("-nodefaults", "-no-user-config", "-display", "none", "-serial", f"file:{folder}/console"),
        *("-kernel", str(kernel), "-append", "root=/dev/nvme0n1 rw console=ttyS0 quiet mitigations=off"),
        *("-drive", f"if=none,id=disk,format=raw,snapshot=on,file={made}/disk"),
        *("-device", "nvme,drive=disk,serial=1", "-device", "virtio-net-pci,netdev=net,romfile="),
        *("-netdev", f"user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:{machine.port}-:22"),
    )
    machine.process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        machine.wait_until_it_answers(240)
        yield machine
    finally:
        machine.hang_up()
        machine.process.kill()
        machine.process.wait(20)


def reboot(machine: Machine) -> None:
    before = machine.run(BOOT)
    machine.run("systemctl --force reboot >/dev/null 2>&1 &")
    until(lambda: machine.answers(BOOT) not in ("", before), 240)
