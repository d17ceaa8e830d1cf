"""Who keeps a node's time, by a stand-in for systemctl."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fakes.rooted_machine import Machine
from tests.fakes.shell_host import SHELLS
from tests.unit.remote.node.test_provision import SYSTEMCTL, calls

from podwright.inventory.provisioning import NodeDeclaration
from podwright.plan.changes import Action
from podwright.plan.events import Restored, StepFailed
from podwright.plan.provision.declared_items import items_of
from podwright.plan.provision.item import Item, Kind

SOURCES = "/etc/chrony/sources.d/90-podwright.sources"
TIMESYNCD = "/etc/systemd/timesyncd.conf.d/90-podwright.conf"


@pytest.fixture(params=SHELLS)
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Machine:
    made = Machine.made(tmp_path, request.param)
    made.path("/run/systemd/system").mkdir(parents=True)
    made.tool("systemctl", SYSTEMCTL)
    made.tool("timedatectl", "echo no")
    return made


def services(machine: Machine, **states: tuple[str, ...]) -> None:
    for name, words in states.items():
        machine.path(f"/units/{name.replace('_', '-')}").mkdir(parents=True)
        for word in words:
            machine.write(f"/units/{name.replace('_', '-')}/{word}", "")


def time(*servers: str) -> Item:
    [item] = items_of(NodeDeclaration(time=servers), {})
    return item


def test_the_one_that_runs_stays_and_its_rivals_end(machine: Machine) -> None:
    services(machine, chrony=("enabled",), systemd_timesyncd=("enabled", "active"))
    [change] = machine.plan(time())
    assert change.subject.seen.state == (
        "time enabled=yes started=yes alone=no by systemd-timesyncd beside chrony"
    )
    machine.tool("systemctl", SYSTEMCTL.replace("stop) rm", "stop) rm -f"))
    machine.carry_out((change,))
    assert calls(machine) == ["disable", "stop"]
    assert [one.action for one in machine.plan(time())] == [Action.KEEP]
    assert machine.see(time()).facts.unsynchronised == ("systemd-timesyncd",)


def test_the_only_one_is_enabled_and_started(machine: Machine) -> None:
    services(machine, chronyd=())
    machine.change(time())
    assert calls(machine) == ["enable", "start"]


def test_servers_stand_in_a_file_of_our_own_and_are_read(machine: Machine) -> None:
    services(machine, chrony=("enabled", "active"))
    machine.write("/etc/chrony/chrony.conf", "confdir /etc/chrony/conf.d\nsourcedir /etc/chrony/sources.d\n")
    machine.change(time("a.example", "192.0.2.1"))
    assert machine.path(SOURCES).read_text().splitlines()[1:] == [
        "server a.example iburst",
        "server 192.0.2.1 iburst",
    ]
    assert calls(machine) == ["restart"]
    assert [one.action for one in machine.plan(time("a.example", "192.0.2.1"))] == [Action.KEEP]
    assert machine.see(time()).owned == (SOURCES,)


def test_all_of_it_is_taken_back(machine: Machine) -> None:
    services(machine, systemd_timesyncd=("enabled", "active"), ntp=("enabled", "active"))
    machine.write(TIMESYNCD, "[Time]\nNTP=old\n")
    machine.tool("modprobe", "exit 1")
    machine.tool("systemctl", SYSTEMCTL.replace("stop) rm", "stop) rm -f"))
    kubelet = Item(Kind.MODULE, "x", "loaded")
    events = machine.change(time("a.example"), kubelet)
    assert [event.file_name for event in events if isinstance(event, Restored)] == ["module x", "time sync"]
    assert machine.path(TIMESYNCD).read_text() == "[Time]\nNTP=old\n"
    assert sorted(path.name for path in machine.path("/units/ntp").iterdir()) == ["active", "age", "enabled"]


def test_what_reads_no_file_beside_its_own_is_told(machine: Machine) -> None:
    services(machine, openntpd=("enabled", "active"))
    [change] = machine.plan(time("a.example"))
    assert " servers=unsupported by openntpd" in change.subject.seen.state


def test_without_any_the_step_fails(machine: Machine) -> None:
    [change] = machine.plan(time())
    assert change.subject.seen.state == "none"
    [failed] = [event for event in machine.carry_out((change,)) if isinstance(event, StepFailed)]
    assert failed.detail == "time sync: no service that keeps the time is installed"
