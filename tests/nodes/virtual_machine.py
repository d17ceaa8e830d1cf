"""A node with a kernel of its own, which qemu computes."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fakes.sshd import free_port
from tests.nodes.machine import Machine


@contextmanager
def virtual(made: Path, folder: Path) -> Iterator[Machine]:
    """Its disk is a copy of the root's."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "--sparse=always", made / "disk", folder / "disk"], check=True)
    machine = Machine("virtual", made, free_port(), folder)
    boot(machine)
    try:
        machine.wait_until_it_answers(240)
        yield machine
    finally:
        machine.hang_up()
        assert machine.process
        machine.process.kill()
        machine.process.wait(120)
        (folder / "disk").unlink()


def boot(machine: Machine) -> None:
    """Also again, after a power cut; a reboot ends qemu, as to reset what it computes hangs now and then."""
    [kernel] = (machine.made / "root/boot").glob("vmlinuz-*")
    command = (
        *(
            "qemu-system-x86_64",
            "-accel",
            "tcg,thread=multi",
            "-smp",
            "2",
            "-m",
            "384",
            "-cpu",
            "max",
            "-no-reboot",
        ),
        *("-nodefaults", "-no-user-config", "-display", "none", "-serial", f"file:{machine.folder}/console"),
        *("-kernel", str(kernel), "-append", "root=/dev/nvme0n1 rw console=ttyS0 quiet mitigations=off"),
        *("-drive", f"if=none,id=disk,format=raw,cache=unsafe,file={machine.folder}/disk"),
        *("-device", "nvme,drive=disk,serial=1", "-device", "virtio-net-pci,netdev=net,romfile="),
        *("-netdev", f"user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:{machine.port}-:22"),
    )
    machine.process = subprocess.Popen(command, stdin=subprocess.DEVNULL)


def power_cut(machine: Machine) -> None:
    """What its kernel has not written to the disk by now is lost."""
    machine.hang_up()
    assert machine.process
    machine.process.kill()
    machine.process.wait(120)


def boot_again(machine: Machine) -> None:
    boot(machine)
    machine.wait_until_it_answers(240)
