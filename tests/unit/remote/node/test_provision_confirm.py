"""A change that waits to be confirmed, in every shell; whoever renames the note first decides."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.fakes.rooted_machine import Machine
from tests.fakes.shell_host import SHELLS
from tests.unit.remote.node.test_provision import file_of

from podwright.plan.events import Ended, Event, Restored, StepFailed, Unconfirmed
from podwright.plan.provision.item import Thing
from podwright.remote.node.provision import ChangeOrder, change_things
from podwright.remote.node.provision_confirm import confirm_change


@pytest.fixture(params=SHELLS)
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Machine:
    return Machine.made(tmp_path, request.param)


def changed(machine: Machine, run: str, *, seconds: int) -> tuple[list[Event], bool]:
    """The events of a change, which `run` confirms once it is asked for."""
    [change] = machine.plan(file_of("/etc/sudoers.d/ops", "ops ALL=(ALL) ALL\n"))
    assert isinstance(change.subject, Thing)
    order = ChangeOrder(
        (change.subject,), machine.folder, confirm_seconds=seconds, run="r1", change_id="0" * 32
    )
    events, confirmed = [], False
    with closing(change_things("n1", machine.host, order, timeout=30)) as stream:
        for event in stream:
            events.append(event)
            if isinstance(event, Unconfirmed):
                confirmed = confirm_change("n1", machine.host, order.change_id, run, seconds=0.5)
    return events, confirmed


def test_what_is_confirmed_stays(machine: Machine) -> None:
    events, confirmed = changed(machine, "r1", seconds=20)
    assert confirmed
    assert isinstance(events[-1], Ended)
    assert not [event for event in events if isinstance(event, StepFailed)]
    assert machine.path("/etc/sudoers.d/ops").exists()


def test_who_did_not_hear_that_it_was_confirmed_may_ask_again(machine: Machine) -> None:
    changed(machine, "r1", seconds=20)
    assert confirm_change("n1", machine.host, "0" * 32, "r1", seconds=1)
    assert not confirm_change("n1", machine.host, "0" * 32, "r2", seconds=1)
    assert not confirm_change("n1", machine.host, "1" * 32, "r1", seconds=1)


def test_what_only_another_run_confirms_is_taken_back(machine: Machine) -> None:
    events, confirmed = changed(machine, "r2", seconds=1)
    assert not confirmed
    [failed] = [event for event in events if isinstance(event, StepFailed)]
    assert failed == StepFailed("confirm", "nobody confirmed it over a new connection within 1 s")
    assert [event.file_name for event in events if isinstance(event, Restored)] == ["/etc/sudoers.d/ops"]
    assert not machine.path("/etc/sudoers.d/ops").exists()


def test_a_change_that_has_ended_is_not_confirmed(machine: Machine) -> None:
    assert not confirm_change("n1", machine.host, "0" * 32, "r1", seconds=20)


def waiting(machine: Machine, then: Callable[[Path], None]) -> list[Event]:
    """The events of a change that nobody confirms, while whose program waits `then` is called with its folder."""
    [change] = machine.plan(file_of("/etc/sudoers.d/ops", "ops ALL=(ALL) ALL\n"))
    assert isinstance(change.subject, Thing)
    order = ChangeOrder((change.subject,), machine.folder, confirm_seconds=2, run="r1", change_id="0" * 32)
    events = []
    with closing(change_things("n1", machine.host, order, timeout=30)) as stream:
        for event in stream:
            events.append(event)
            if isinstance(event, Unconfirmed):
                then(machine.path(f"/var/lib/podwright/settings/.{'0' * 32}"))
    return events


def test_a_run_of_another_folder_neither_confirms_nor_ends_what_waits(machine: Machine) -> None:
    others: list[Event] = []

    def other_run(work: Path) -> None:
        [change] = machine.plan(file_of("/etc/other", "x\n"))
        folder = str(machine.write("/etc/others/manifests/x", "").parent)
        others.extend(change_things("n1", machine.host, ChangeOrder((change.subject,), folder), timeout=30))
        assert work.exists()

    events = waiting(machine, other_run)
    [busy] = [event for event in others if isinstance(event, StepFailed)]
    assert busy.step == "busy"
    assert "another run still changes this node" in busy.detail
    assert not machine.path("/etc/other").exists()
    assert [event.file_name for event in events if isinstance(event, Restored)] == ["/etc/sudoers.d/ops"]


def test_what_waited_is_not_confirmed_because_its_note_is_gone(machine: Machine) -> None:
    events = waiting(machine, lambda work: (work / "waits").unlink())
    [failed] = [event for event in events if isinstance(event, StepFailed)]
    assert failed == StepFailed("confirm", "what it waited with for its confirmation is gone")
    assert not machine.path("/etc/sudoers.d/ops").exists()
