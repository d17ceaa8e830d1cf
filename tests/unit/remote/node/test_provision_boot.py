"""A run that is cut off before it is proven: the next boot puts its files back, and the next run finds it."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.fakes.copies import replace
from tests.fakes.rooted_machine import Machine
from tests.unit.remote.node.test_provision import file_of
from tests.unit.remote.node.test_provision_kubelet import (
    DROP_IN,
    FOLDER,
    KUBELET,
    MAIN,
    SYSTEMCTL,
    pids,
    running,
    wanted,
)

from podwright.errors import HostError
from podwright.plan.events import Written
from podwright.plan.provision.item import Item
from podwright.remote.node import provision
from podwright.remote.node.provision import ChangeOrder, change_things
from podwright.remote.node.records import new_nonce

UNITS = "/etc/systemd/system"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setattr(provision, "KUBELET_SECONDS", 2)
    machine = Machine.made(tmp_path)
    machine.path("/run/systemd/system").mkdir(parents=True)
    machine.path(UNITS).mkdir(parents=True)
    machine.write(MAIN, "kind: KubeletConfiguration\n")
    machine.write(f"{FOLDER}/10.conf", "")
    machine.tool("kubelet", KUBELET)
    machine.tool("systemctl", f"proc={machine.host.proc}\nfolder={machine.path(FOLDER)}\n{SYSTEMCTL}")
    running(machine)
    return machine


def units(machine: Machine) -> list[Path]:
    return sorted(machine.path(UNITS).rglob("podwright-*"))


def cut_off(machine: Machine, *more: Item) -> Path:
    """A run that was killed once the drop-in was written; returns its folder on the node."""
    machine.tool("systemctl", 'kill -9 "$(cut -d " " -f 1 "$root"/var/lib/podwright/settings/.*/keeper)"')
    with pytest.raises(HostError):
        machine.change(*more, *wanted(machine, {"maxPods": 50}), adopt=True)
    machine.tool("systemctl", f"proc={machine.host.proc}\nfolder={machine.path(FOLDER)}\n{SYSTEMCTL}")
    # it expires, or goes with a restart
    machine.path("/etc/kubernetes/.podwright/manifests/lock").unlink()
    [work] = machine.path("/var/lib/podwright/settings").glob(".*")
    assert machine.path(DROP_IN).exists()
    return work


def boots(machine: Machine, work: Path) -> None:
    path = f"{machine.host.bin}:{os.environ['PATH']}"
    subprocess.run(["sh", work / "program"], check=True, env={"PATH": path})


def test_what_was_changed_since_is_left_and_told(machine: Machine) -> None:
    work = cut_off(machine)
    machine.write(DROP_IN, "of somebody\n")
    boots(machine, work)
    assert machine.path(DROP_IN).read_text() == "of somebody\n"
    seen = machine.see(*wanted(machine, {"maxPods": 50}))
    assert (seen.put_back, seen.left) == ((), (str(machine.path(DROP_IN)),))


def test_what_was_taken_back_before_the_boot_is_left(machine: Machine) -> None:
    """The undo of a file takes its copy."""
    theirs = machine.write(DROP_IN, "theirs\n")
    work = cut_off(machine)
    (work / "0.before").rename(theirs)
    boots(machine, work)
    assert theirs.read_text() == "theirs\n"
    seen = machine.see(*wanted(machine, {"maxPods": 50}))
    assert (seen.put_back, seen.left) == ((), ())


def test_a_path_with_spaces_is_put_back_and_nothing_is_written_through_a_link(machine: Machine) -> None:
    folder = machine.path("/etc/a  b")
    theirs = machine.write("/etc/a  b/c d", "theirs\n")
    (folder / "c d.podwright").symlink_to(machine.write("/elsewhere", "kept\n"))
    work = cut_off(machine, file_of("/etc/a  b/c d", "ours\n"))
    boots(machine, work)
    assert theirs.read_text() == "theirs\n"
    assert machine.path("/elsewhere").read_text() == "kept\n"
    assert sorted(path.name for path in folder.iterdir()) == ["c d", "c d.podwright"]
    seen = machine.see(*wanted(machine, {"maxPods": 50}))
    assert seen.put_back == (str(theirs), str(machine.path(DROP_IN)))


def test_a_copy_that_cannot_be_put_back_is_not_told_as_put_back(machine: Machine) -> None:
    machine.write(DROP_IN, "theirs\n")
    work = cut_off(machine)
    (work / "0.before").unlink()
    boots(machine, work)
    seen = machine.see(*wanted(machine, {"maxPods": 50}))
    assert (seen.put_back, seen.left) == ((), (str(machine.path(DROP_IN)),))


def test_no_kubelet_and_no_runtime_starts_before_files_are_put_back(machine: Machine) -> None:
    machine.tool("systemctl", f'[ "$1" = show ] || cat "$root{UNITS}"/podwright-* >"$root/unit"; exit 1')
    kubelet = machine.plan(*wanted(machine, {"maxPods": 50}))[-1].subject
    thing = replace(kubelet, item=replace(kubelet.item, key="our-kubelet"))
    list(change_things("n1", machine.host, ChangeOrder((thing,), machine.folder), timeout=30))
    [line] = [line for line in machine.path("/unit").read_text().splitlines() if line.startswith("Before=")]
    names = {f"{name}.service" for name in ("k3s-agent", "microshift", "k0scontroller", "our-kubelet")}
    assert names <= set(line.removeprefix("Before=").split())


def test_the_next_boot_puts_files_back_and_the_next_run_tells(machine: Machine) -> None:
    work = cut_off(machine)
    link, unit = units(machine)
    assert "Before=kubelet.service" in unit.read_text()
    assert link.is_symlink()
    boots(machine, work)
    assert not machine.path(DROP_IN).exists()
    assert (units(machine), work.exists()) == ([], False)
    assert machine.see(*wanted(machine, {"maxPods": 50})).put_back == (str(machine.path(DROP_IN)),)


def test_before_a_run_says_that_it_has_ended_no_boot_puts_back_any_more(machine: Machine) -> None:
    machine.tool("sync", f'ls "$root{UNITS}" >"$root/synced"; ls "$root{UNITS}" >>"$root/ever"')
    machine.change(*wanted(machine, {"maxPods": 50}, soak=0))
    assert "podwright-provision-" in machine.path("/ever").read_text()
    assert "podwright-provision-" not in machine.path("/synced").read_text()


def test_without_a_boot_the_next_run_proves_what_nobody_has(machine: Machine) -> None:
    cut_off(machine)
    items = wanted(machine, {"maxPods": 50}, soak=0)
    file, kubelet = machine.plan(*items)
    assert not file.pending
    assert "current=no unproven" in kubelet.reason
    events = machine.carry_out((file, kubelet))
    assert [event.file_name for event in events if isinstance(event, Written)] == ["kubelet"]
    assert units(machine) == []
    assert not any(change.pending for change in machine.plan(*items))


def test_if_connection_and_controller_are_lost_the_node_goes_on_and_ends_restored(machine: Machine) -> None:
    """Nobody is there to confirm that the kubelet's restart locked nobody out."""
    items = wanted(machine, {"maxPods": 50}, soak=0)
    things = tuple(change.subject for change in machine.plan(*items) if change.pending)
    order = ChangeOrder(
        things, machine.folder, lock_owner="me", confirm_seconds=1, run="r1", change_id=new_nonce()
    )
    with closing(change_things("n1", machine.host, order, timeout=30)) as events:
        for event in events:
            if isinstance(event, Written):
                break
    until(lambda: pids(machine) == ["102"] and not machine.path(DROP_IN).exists(), 30)
    assert units(machine) == []
    # it was restarted twice, so it is younger than its configuration, as it was before
    assert [change.subject.seen.state for change in machine.plan(*items)] == ["absent", "current=yes"]


def until(condition: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)
