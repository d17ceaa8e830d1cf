"""A controller that is killed between the two writes of an update: the node makes the second one alone."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.faults.conftest import TEMPLATE, Faults, until

#: the installed command
COMMAND = Path(sys.executable).with_name("podwright")


def generation(faults: Faults) -> int:
    found = re.search(r"podwright\.dev/generation: *['\"]?([0-9]+)", faults.file("cp-1").read_text())
    assert found, faults.file("cp-1").read_text()
    return int(found[1])


def test_a_killed_controller_costs_no_second_write_and_no_lock(faults: Faults) -> None:
    # the old pod ends once the controller is dead
    dead, template = faults.folder / "dead", faults.folder / "templates" / "probe.yaml.j2"
    slow = TEMPLATE.replace("trap '", f"trap 'until [ -e {dead} ]; do sleep 0.1; done; ")
    template.write_text(slow.replace("GracePeriodSeconds: 1", "GracePeriodSeconds: 60"))
    assert faults.push("-l", "cp-1").code == 0
    before = generation(faults)
    faults.word("second")
    command = [COMMAND, *faults.site, "manifest", "push", "-y", "-l", "cp-1"]
    controller = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: generation(faults) > before)
    finally:
        controller.kill()
        controller.wait()
    assert generation(faults) == before + 1
    dead.touch()
    folder = faults.file("cp-1").parent
    until(lambda: [path.name for path in folder.iterdir()] == ["probe.yaml"])
    assert generation(faults) == before + 2
    again = faults.push("-l", "cp-1")
    assert (again.code, again.node("cp-1")["status"]) == (0, "unchanged"), again.err


def test_what_a_dead_run_left_goes_with_its_broken_lock_although_nothing_is_to_be_changed(
    faults: Faults,
) -> None:
    assert faults.push("-l", "cp-1").code == 0
    folder = faults.file("cp-1").parent
    lock = folder.parent / ".podwright" / folder.name / "lock"
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    uptime = float(Path("/proc/uptime").read_text().split()[0])
    lock.write_text(f"dead {int(uptime) + 60} {boot} {uptime} ada@desk\n")
    stale = folder / ".podwright.dead.0.1"
    stale.touch()
    assert faults.push("-l", "cp-1").code == 0
    assert (lock.exists(), stale.exists()) == (True, True), "it may be at work yet"
    assert faults.push("-l", "cp-1", "--break-lock", "dead").code == 0
    assert (lock.exists(), stale.exists()) == (False, False)


@pytest.mark.parametrize("name", ["pending.dead", "lock.dead"])
def test_what_a_dead_run_left_in_the_state_folder_alone_goes_with_the_next_push(
    faults: Faults, name: str
) -> None:
    assert faults.push("-l", "cp-1").code == 0
    folder = faults.file("cp-1").parent
    stale = folder.parent / ".podwright" / folder.name / name
    stale.write_text("999999 0 -\n")
    assert faults.push("-l", "cp-1").code == 0
    assert not stale.exists()
