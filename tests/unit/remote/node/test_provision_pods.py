"""What restarts a runtime: the pods before and after it, and the room that the node has."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.fakes.rooted_machine import Machine
from tests.fakes.shell_host import SHELLS

from podwright.inventory.provisioning import NodeDeclaration, ServiceEntry
from podwright.plan.changes import Action
from podwright.plan.events import Restored, StepFailed, Written
from podwright.plan.provision.declared_items import items_of
from podwright.plan.provision.item import Item
from podwright.remote.node import provision
from podwright.remote.node.provision import ChangeOrder, change_things

SYSTEMCTL = """
case $1 in
  show) if [ -e "$root/started" ]; then echo ActiveState=active; else echo ActiveState=inactive; fi ;;
  start) touch "$root/started" ;;
  stop) rm "$root/started" ;;
esac
"""
#: its first answer after the start is that it is not ready for one
CRICTL = """
if [ ! -e "$root/started" ]; then cat "$root/before"; exit; fi
if [ -e "$root/late" ]; then cat "$root/after"; else touch "$root/late"; echo 'not initialized yet' >&2; exit 1; fi
"""


def runtime(folder: Path, *after: str, shell: str = "dash") -> tuple[Machine, tuple[Item, ...]]:
    """A machine that has a pod, and its runtime, with those that are left once it was started."""
    machine = Machine.made(folder, shell)
    machine.path("/run/systemd/system").mkdir(parents=True)
    for name, ids in (("before", ("one",)), ("after", after)):
        pods = [
            {"id": id_, "metadata": {"name": "web", "namespace": "default"}, "state": "SANDBOX_READY"}
            for id_ in ids
        ]
        machine.write(name, json.dumps({"items": pods}, indent=2))
    machine.tool("systemctl", SYSTEMCTL)
    machine.tool("crictl", CRICTL)
    return machine, items_of(NodeDeclaration(services=(ServiceEntry("containerd", started=True),)), {})


@pytest.mark.parametrize(("after", "ended"), [(("one", "new"), ""), (("other",), "default/web")])
def test_a_runtime_is_waited_for_and_its_pods_are_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: tuple[str, ...], ended: str
) -> None:
    monkeypatch.setattr(provision, "KUBELET_SECONDS", 4)
    machine, items = runtime(tmp_path, *after)
    events = machine.change(*items)
    found = [event.detail for event in events if isinstance(event, StepFailed)]
    assert found == ([f"service containerd: pods ended with the restart: {ended}"] if ended else [])
    kinds = [type(event) for event in events if isinstance(event, Written | Restored | StepFailed)]
    assert kinds == ([StepFailed, Restored] if ended else [Written])


@pytest.mark.parametrize(("after", "ended"), [(("one",), ""), (("other",), "default/web")])
def test_a_runtime_whose_proof_was_cut_off_is_restarted_and_proven(
    tmp_path: Path, after: tuple[str, ...], ended: str
) -> None:
    machine, items = runtime(tmp_path, *after)
    machine.write("/started", "")
    machine.tool("systemctl", f'[ "$1" != restart ] || touch "$root/restarted"\n{SYSTEMCTL}')
    machine.tool("crictl", 'if [ -e "$root/restarted" ]; then cat "$root/after"; else cat "$root/before"; fi')
    machine.write("/var/lib/podwright/settings/.abc/files", "0 absent absent\n")
    events = machine.change(*items)
    assert machine.path("/restarted").exists()
    found = [event.detail for event in events if isinstance(event, StepFailed)]
    assert found == ([f"service containerd: pods ended with the restart: {ended}"] if ended else [])
    assert [change.action for change in machine.plan(*items)] == [Action.KEEP]


def test_the_room_of_a_node_is_read(tmp_path: Path) -> None:
    machine, items = runtime(tmp_path)
    machine.path("/var/lib/kubelet").mkdir(parents=True)
    room(machine)
    kubelet = machine.see(*items).kubelet
    assert kubelet is not None
    assert kubelet.problem
    amounts = kubelet.room.amounts
    assert amounts["memory.available"] == (300 << 10, 1000 << 10)
    assert amounts["pid.available"] == (800, 1000)
    assert amounts["nodefs.available"][1] > amounts["nodefs.available"][0] > 0
    assert not any(signal.startswith("imagefs") for signal in amounts)
    assert kubelet.sandboxes_problem == ""


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("least", "detail"),
    [
        ("memory.available 307200", ""),
        (
            "memory.available 307201",
            "it is under pressure by now: `memory.available` is 307200, and pods are evicted below 307201",
        ),
        ("pid.available 801", "`pid.available` is 800, and pods are evicted below 801"),
        ("nodefs.available 1 /var", ""),
        (f"nodefs.available {1 << 62} /var", f"and pods are evicted below {1 << 62}"),
        (f"nodefs.inodesFree {1 << 62} /var", f"and pods are evicted below {1 << 62}"),
        ("imagefs.available 1 /nowhere", ""),
    ],
)
def test_a_node_that_is_short_by_now_is_not_changed(
    tmp_path: Path, shell: str, least: str, detail: str
) -> None:
    machine, items = runtime(tmp_path, "one", shell=shell)
    room(machine)
    machine.path("/var").mkdir()
    things = tuple(change.subject for change in machine.plan(*items))
    order = ChangeOrder(things, machine.folder, least=("pid.available 800", least))
    events = list(change_things("n1", machine.host, order, timeout=30))
    found = [(event.step, event.detail) for event in events if isinstance(event, StepFailed)]
    assert [step for step, _ in found] == ["pressure"] * bool(detail)
    assert machine.path("/started").exists() is not bool(detail)
    assert all(shown.endswith(detail) for _, shown in found)


def room(machine: Machine) -> None:
    machine.write(
        "/proc/meminfo", "MemTotal: 1000 kB\nMemFree: 100 kB\nActive(file): 7 kB\nInactive(file): 200 kB\n"
    )
    machine.write("/proc/loadavg", "0.1 0.2 0.3 2/200 77\n")
    machine.write("/proc/sys/kernel/pid_max", "1000\n")


def test_a_node_that_shows_nothing_has_no_amounts_and_says_why_its_pods_are_not_seen(tmp_path: Path) -> None:
    machine, items = runtime(tmp_path)
    machine.tool("crictl", "echo no socket >&2; exit 1")
    kubelet = machine.see(*items).kubelet
    assert kubelet is not None
    assert (dict(kubelet.room.amounts), kubelet.sandboxes_problem) == ({}, "no socket")
