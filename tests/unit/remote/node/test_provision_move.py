"""Static pods that move to another folder with their kubelet: proven there, or restored."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.fakes.copies import replace
from tests.fakes.rooted_machine import Machine
from tests.unit.remote.node import test_provision_kubelet
from tests.unit.remote.node.test_provision_kubelet import FOLDER, MAIN, failure, running

from podwright.inventory.provisioning import KubeletEntry, NodeDeclaration
from podwright.plan.changes import Change
from podwright.plan.events import Ended, Event, Restored, Stands, Written
from podwright.plan.provision.declared_items import items_of
from podwright.plan.provision.item import Item, Kind, Thing
from podwright.plan.provision.kubelet_asks import KubeletAsks
from podwright.remote.node import provision

#: what the runtime shows, by how often the kubelet was restarted
CRICTL = """
read -r times <"$root/times"
case " $* " in *" ps "*) cat "$root/containers" ;; *) cat "$root/pods.$times" ;; esac
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setattr(provision, "KUBELET_SECONDS", 5)
    monkeypatch.setattr(provision, "MOVE_SECONDS", 1)
    machine = Machine.made(tmp_path)
    machine.path("/run/systemd/system").mkdir(parents=True)
    machine.write(MAIN, f"kind: KubeletConfiguration\nstaticPodPath: {machine.folder}\n")
    machine.write(f"{FOLDER}/10.conf", "")
    machine.tool("kubelet", test_provision_kubelet.KUBELET)
    count = 'case $1 in restart) read -r times <"$root/times"; echo $((times + 1)) >"$root/times" ;; esac\n'
    systemctl = test_provision_kubelet.SYSTEMCTL
    machine.tool("systemctl", f"{count}proc={machine.host.proc}\nfolder={machine.path(FOLDER)}\n{systemctl}")
    running(machine)
    machine.write("/times", "0\n")
    for name in ("web", "db"):
        machine.write(f"{machine.folder.removeprefix(str(machine.root))}/{name}.yaml", name).chmod(0o640)
    machine.write("/etc/kubernetes/.podwright/manifests/history/web.yaml/1", "what was proven\n")
    machine.tool("crictl", CRICTL)
    return machine


def shows(machine: Machine, restarts: int, *ids: str) -> None:
    """Sandboxes by their ids: `web-1` is one of the static pod web, `api-1` of another pod."""
    pods = [
        {
            "id": id_,
            "metadata": {"name": id_.partition("-")[0], "namespace": "default"},
            "state": "SANDBOX_READY",
            "annotations": {"kubernetes.io/config.source": "api" if id_.startswith("api") else "file"},
        }
        for id_ in ids
    ]
    machine.write(f"/pods.{restarts}", json.dumps({"items": pods}, indent=2))
    containers = [
        {"id": "c", "podSandboxId": f"{name}-{number}", "state": "CONTAINER_RUNNING"}
        for name in ("web", "db", "api")
        for number in range(3)
    ]
    machine.write("/containers", json.dumps({"containers": containers}, indent=2))


def planned(machine: Machine, *more: Item) -> tuple[Change[Thing], ...]:
    new = str(machine.path("/etc/kubernetes/static"))
    file, kubelet = items_of(
        NodeDeclaration(kubelet=KubeletEntry({"staticPodPath": new}, FOLDER, soak=0)), {}
    )
    told = replace(
        kubelet, asks=replace(KubeletAsks(*kubelet.asks), moves_from=machine.folder, count="2").words
    )
    seen = machine.see(file, told).kubelet
    assert seen is not None
    assert (seen.move.count, seen.move.links, seen.move.occupied) == (2, "", "")
    return machine.plan(*more, file, told)


def moved(machine: Machine) -> list[Event]:
    return machine.carry_out(planned(machine))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_they_run_from_the_new_folder_and_the_old_one_is_emptied(machine: Machine) -> None:
    shows(machine, 0, "web-0", "db-0", "api-0")
    shows(machine, 1, "web-1", "db-1", "api-0")
    events = moved(machine)
    assert isinstance(events[-1], Ended)
    assert [type(event) for event in events if isinstance(event, Written | Restored)] == [Written, Written]
    new = machine.path("/etc/kubernetes/static")
    assert (names(new), names(Path(machine.folder))) == (["db.yaml", "web.yaml"], [])
    assert (new / "web.yaml").stat().st_mode & 0o777 == 0o640
    state = machine.path("/etc/kubernetes/.podwright")
    assert (state / "static/history/web.yaml/1").read_text() == "what was proven\n"
    assert not [*state.glob("*/lock")]
    assert not machine.path("/var/lib/podwright/settings/moving").exists()


@pytest.mark.parametrize("shown", [("web-1", "api-0"), ("web-0", "db-0", "api-0"), ("web-1", "db-1")])
def test_if_one_does_not_run_again_or_another_pod_ends_all_is_restored(
    machine: Machine, shown: tuple[str, ...]
) -> None:
    shows(machine, 0, "web-0", "db-0", "api-0")
    shows(machine, 1, *shown)
    shows(machine, 2, "web-2", "db-2", "api-0")
    events = moved(machine)
    assert "pods" in failure(events)
    assert [type(event) for event in events if isinstance(event, Restored)] == [Restored, Restored]
    assert names(Path(machine.folder)) == ["db.yaml", "web.yaml"]
    assert not machine.path("/etc/kubernetes/static").exists()
    assert names(machine.path(FOLDER)) == ["10.conf"]
    assert not machine.path("/var/lib/podwright/settings/moving").exists()


def test_a_held_one_does_not_move(machine: Machine) -> None:
    machine.hold("db")
    assert "kim@ops1: disk replacement" in failure(moved(machine))
    assert names(Path(machine.folder)) == ["db.yaml", "web.yaml"]
    assert not machine.path("/etc/kubernetes/static").exists()


@pytest.mark.parametrize("proven", [True, False])
def test_a_hold_lies_where_the_pods_are_and_one_that_ended_stays_so(machine: Machine, proven: bool) -> None:
    shows(machine, 0, "web-0", "db-0", "api-0")
    shows(machine, 1, *(["web-1", "db-1"] if proven else []), "api-0")
    shows(machine, 2, "web-2", "db-2", "api-0")
    state = machine.path("/etc/kubernetes/.podwright")
    machine.write("/etc/kubernetes/.podwright/manifests/holds/web", "2 1 me why\n")
    machine.write("/etc/kubernetes/.podwright/static/holds/ended", "2 1 me why\n")
    moved(machine)
    here, there = ("static", "manifests") if proven else ("manifests", "static")
    assert names(state / here / "holds") == ["web"]
    assert names(state / there / "holds") == []


@pytest.mark.parametrize("name", ["web.yaml", "other.yaml", ".hidden"])
def test_what_came_into_the_new_folder_since_the_plan_stays_and_nothing_moves(
    machine: Machine, name: str
) -> None:
    shows(machine, 0, "web-0", "db-0", "api-0")
    changes = planned(machine)
    theirs = machine.write(f"/etc/kubernetes/static/{name}", "theirs")
    assert failure(machine.carry_out(changes)) == f"{theirs.parent} has {name} by now"
    assert (names(theirs.parent), theirs.read_text()) == ([name], "theirs")
    assert names(Path(machine.folder)) == ["db.yaml", "web.yaml"]
    assert not machine.path("/var/lib/podwright/settings/moving").exists()


def test_only_copies_are_removed_from_a_folder_that_was_there(machine: Machine) -> None:
    shows(machine, 0, "web-0", "db-0", "api-0")
    shows(machine, 1, "web-1", "api-0")
    shows(machine, 2, "web-2", "db-2", "api-0")
    new = machine.path("/etc/kubernetes/static")
    new.mkdir()
    # while the kubelet restarts
    theirs = f'read -r times <"$root/times"; [ "$times" = 0 ] || echo theirs >"{new}/web.yaml"\n'
    machine.tool("crictl", theirs + CRICTL)
    moved(machine)
    assert (names(new), (new / "web.yaml").read_text()) == (["web.yaml"], "theirs\n")
    (new / "web.yaml").unlink()
    machine.tool("crictl", CRICTL)
    machine.write("/times", "0\n")
    moved(machine)
    assert (new.is_dir(), names(new)) == (True, [])


def test_a_new_folder_that_goes_is_told_to_be_gone(machine: Machine) -> None:
    shows(machine, 0, "web-0", "db-0")
    shows(machine, 1, "web-1")
    shows(machine, 2, "web-2", "db-2")
    folder = "/etc/kubernetes/static"
    events = machine.carry_out(planned(machine, Item(Kind.DIRECTORY, folder, "directory 700 root:root")))
    assert "pods" in failure(events)
    assert not machine.path(folder).exists()
    assert [event.file_name for event in events if isinstance(event, Stands)] == []
    assert [event.file_name for event in events if isinstance(event, Restored)][-1] == folder
