"""The dead-man switch, by the real programs in every shell: what it takes back, what it leaves alone, what stays of it."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, pod_text
from tests.fakes.shell_host import stand_in
from tests.unit.remote.node.test_apply import (
    carry_out,
    kinds,
    leave_lock,
    lock_left,
    lock_line,
    names,
    only,
    order,
    push,
    until,
    uptime,
    with_second,
)
from tests.unit.remote.node.test_apply_undo import let_fail
from tests.unit.remote.node.test_history import history, writing
from tests.unit.remote.node.test_switch_pending import pending

from podwright.errors import HostError
from podwright.plan.compare import compare
from podwright.plan.events import Restored, Started, StepFailed, Written
from podwright.plan.history import Fate
from podwright.plan.pending import Pending, Switch, SwitchState
from podwright.plan.unconfirmed import taken_back
from podwright.plan.writes import NOTHING, Own
from podwright.remote.node.apply import WriteOrder
from podwright.remote.node.observe import Part, observe
from podwright.remote.node.switch import confirm, take_back
from podwright.remote.node.switch_pending import SYSTEMD

WEB = manifest()
NEXT = manifest(image="example.com/web:2")


@pytest.fixture(autouse=True)
def _nothing_of_the_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Its systemd is left alone, and nothing goes on waiting."""
    monkeypatch.setitem(SYSTEMD, "systemd_dir", str(tmp_path / "no-systemd"))
    yield
    end_waiting(tmp_path)


def end_waiting(root: Path) -> None:
    for pid in waiting(root):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def waiting(root: Path) -> list[int]:
    """Every process that waits for a switch below a folder, or naps for one that does."""
    found = []
    for words in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            text = words.read_bytes().decode()
        except OSError:
            continue
        if f"{root}/" in text and "/switch/" in text:
            found.append(int(words.parent.name))
    return found


def switching(node, *desired, seconds: int = 60, absent=(), run: str = "r2", **changes) -> WriteOrder:
    """An order that is taken back unless its run is confirmed."""
    planned = compare(desired, absent, node.seen())
    back = tuple((change.name, change.subject.back(change.action)) for change in planned if change.pending)
    an_order = writing(node, *desired, run=run) if desired else replace(order(node), run=run)
    writes = tuple(write for change in planned for write in change.writes)
    return replace(an_order, writes=writes, switch=Switch(seconds, back), **changes)


def state(node) -> list[str]:
    """What lies in the state folder but the history and the backups."""
    return [name for name in names(node.state) if name not in ("backups", "history", "switched")]


def left_over(node) -> bool:
    """Whether the node reports what a killed run left."""
    return observe("n1", node.host, folder=str(node.folder), parts=(Part.FILES, Part.PENDING)).leftovers


def is_over(node) -> bool:
    return state(node) == [] and not waiting(node.root)


def let_its_time_end(node, run: str = "r2") -> None:
    """However long it took to look at what waits."""
    end_time_of(node.state / "switch" / run)


def end_time_of(switch: Path) -> None:
    """As if the seconds of a switch that waits had passed."""
    armed, staged = switch / "armed", switch / "test"
    staged.write_text("0 " + armed.read_text().partition(" ")[2])
    staged.replace(armed)


def test_what_nobody_confirms_goes_back_by_itself_and_nothing_stays(node) -> None:
    carry_out(node, writing(node, WEB))
    stand_in(node.host.bin, "date", "echo 1000000000.5")  # a clock that was set moves nothing
    events = carry_out(node, switching(node, NEXT, manifest("new")))
    assert Written in kinds(events)
    [new, web] = sorted(pending(node), key=lambda one: one.file_name)
    assert (web.run, web.state, new.file_name) == ("r2", SwitchState.ARMED, "new.yaml")
    assert (node.folder / "web.yaml").read_text() == NEXT.text(2)
    let_its_time_end(node)
    until(lambda: is_over(node))
    assert names(node.folder) == ["web.yaml"]
    assert (node.folder / "web.yaml").read_text() == WEB.text(4), "as none of our writes had it"
    assert (node.folder / "web.yaml").stat().st_mode & 0o777 == 0o600
    [_, reverted] = history(node, "web.yaml")
    assert (reverted.fate, reverted.proof) == (Fate.REVERTED, "not confirmed within 60 s")
    told = {one.file_name: one for one in pending(node)}
    assert told["web.yaml"].state is SwitchState.FIRED
    assert told["web.yaml"].at == 1_000_000_000
    assert told["new.yaml"].sha256s == (NOTHING,)
    assert sorted(one.file_name for one in taken_back(node.seen())) == ["new.yaml", "web.yaml"]


def test_its_time_is_that_of_the_order(node) -> None:
    begun = uptime()
    carry_out(node, switching(node, WEB, seconds=2))
    until(lambda: is_over(node))
    assert uptime() - begun >= 2
    assert names(node.folder) == []


def test_a_confirmed_run_stays_and_nothing_else_does(node) -> None:
    carry_out(node, writing(node, WEB))
    carry_out(node, switching(node, NEXT))
    assert waiting(node.root)
    assert confirm(node.host, node.seen(), "r2")
    # nothing waits that could take it back
    until(lambda: is_over(node))
    assert (node.folder / "web.yaml").read_text() == NEXT.text(2)
    [noted] = pending(node)
    assert (noted.run, noted.file_name, noted.state) == ("r2", "web.yaml", SwitchState.CONFIRMED)
    assert taken_back(node.seen()) == ()
    assert history(node, "web.yaml")[-1].fate is Fate.WRITTEN


def test_who_unmakes_the_switch_of_a_killed_confirmation_notes_it(node) -> None:
    carry_out(node, writing(node, WEB))
    carry_out(node, switching(node, NEXT))
    end_waiting(node.root)
    switch = node.state / "switch" / "r2"
    (switch / "armed").rename(switch / "confirmed")
    carry_out(node, replace(order(node, manifest("other")), tidies=True))
    until(lambda: is_over(node))
    assert [(one.run, one.state) for one in pending(node)] == [("r2", SwitchState.CONFIRMED)]


@pytest.mark.parametrize("writes", [True, False])
def test_the_folder_of_the_switches_goes_although_a_kill_left_it_empty(node, writes) -> None:
    (node.state / "switch").mkdir(parents=True)
    seen = replace(node.seen(), leftovers=left_over(node))
    assert seen.leftovers
    carry_out(node, order(node, WEB, look=seen) if writes else replace(order(node), tidies=True))
    assert state(node) == []
    assert not left_over(node)


def test_that_a_run_is_confirmed_is_on_the_disk_before_it_is_reported(node) -> None:
    carry_out(node, switching(node, WEB))
    synced = node.root / "synced"
    stand_in(node.host.bin, "sync", f'[ ! -e "$2/confirmed" ] || echo "$*" >>{synced}')
    assert confirm(node.host, node.seen(), "r2")
    switch = node.state / "switch" / "r2"
    assert synced.read_text() == f"-- {switch} {switch.parent}\n"


def test_only_the_exact_run_confirms(node) -> None:
    carry_out(node, switching(node, WEB))
    assert not confirm(node.host, node.seen(), "r1")
    assert not confirm(node.host, node.seen(), "")
    assert len(pending(node)) == 1
    assert confirm(node.host, node.seen(), "r2")
    assert not confirm(node.host, node.seen(), "r2")


def test_a_file_that_was_changed_since_is_superseded(node) -> None:
    carry_out(node, writing(node, WEB))
    carry_out(node, switching(node, NEXT, manifest("new")))
    (node.folder / "web.yaml").write_text("theirs\n")
    let_its_time_end(node)
    until(lambda: is_over(node))
    assert names(node.folder) == ["web.yaml"], "the other one goes back"
    assert (node.folder / "web.yaml").read_text() == "theirs\n"
    told = {one.file_name: one.state for one in pending(node)}
    assert told == {"web.yaml": SwitchState.SUPERSEDED, "new.yaml": SwitchState.FIRED}
    assert history(node, "web.yaml")[-1].fate is Fate.WRITTEN


def test_the_second_write_is_the_runs_own(node) -> None:
    (node.pods / "u1").mkdir()
    carry_out(node, writing(node, WEB))
    an_order = with_second(replace(switching(node, NEXT), watch_seconds=60), "u1", 60)

    def on_event(event: object) -> bool:
        if (node.pods / "u1").exists() and isinstance(event, Written):
            (node.pods / "u1").rmdir()
        return (node.folder / "web.yaml").read_text() != NEXT.text(3)

    carry_out(node, an_order, on_event)
    assert (node.folder / "web.yaml").read_text() == NEXT.text(3)
    let_its_time_end(node)
    until(lambda: is_over(node))
    assert (node.folder / "web.yaml").read_text() == WEB.text(4)


def test_a_removal_goes_back_too(node) -> None:
    carry_out(node, writing(node, WEB))
    carry_out(node, switching(node, absent=["web.yaml"]))
    assert names(node.folder) == []
    let_its_time_end(node)
    until(lambda: is_over(node))
    assert (node.folder / "web.yaml").read_text() == WEB.text(2)
    assert [one.state for one in pending(node)] == [SwitchState.FIRED]


def test_what_was_not_ours_comes_back_byte_for_byte(node) -> None:
    theirs = (
        WEB.text(1).partition("metadata:")[0] + "metadata: {name: web}\nspec: {}\n"
    ).encode() + b"# \xff"
    (node.folder / "web.yaml").write_bytes(theirs)
    (node.folder / "web.yaml").chmod(0o644)
    look = node.seen()
    planned = compare([WEB], (), look, adopt=True)
    back = tuple((change.name, change.subject.back(change.action)) for change in planned)
    adopting = replace(order(node, WEB, adopt=True, look=look), run="r2", switch=Switch(60, back))
    carry_out(node, adopting)
    assert (node.folder / "web.yaml").read_text() == WEB.text(1)
    let_its_time_end(node)
    until(lambda: is_over(node))
    assert (node.folder / "web.yaml").read_bytes() == theirs


def test_it_waits_for_the_lock_of_another_run(node) -> None:
    carry_out(node, switching(node, WEB))
    line = lock_line(600)
    leave_lock(node, line)
    let_its_time_end(node)
    time.sleep(3)
    assert names(node.folder) == ["web.yaml"]
    assert node.lock.read_text() == line
    node.lock.unlink()
    until(lambda: is_over(node))
    assert names(node.folder) == []


def test_a_step_that_fails_takes_back_what_was_written_and_disarms(node) -> None:
    push(node, WEB, manifest("other"))
    failing = switching(node, NEXT, manifest("other", image="example.com/other:2"))
    let_fail(node, "other.yaml")
    events = carry_out(node, failing)
    assert [StepFailed, Restored] == [kind for kind in kinds(events) if kind in (StepFailed, Restored)]
    until(lambda: is_over(node))
    assert pending(node) == ()


@pytest.mark.parametrize("broken", ["setsid", "dd"])
def test_what_cannot_be_armed_is_not_written(node, broken) -> None:
    carry_out(node, writing(node, WEB))
    real = f"/usr/bin/busybox {broken}" if node.host.shell[0] == "busybox" else f"/usr/bin/{broken}"
    stand_in(node.host.bin, broken, f'case "$*" in */switch/*) exit 1 ;; esac; exec {real} "$@"')
    events = carry_out(node, switching(node, NEXT))
    assert only(events, StepFailed).step == "switch"
    assert Started not in kinds(events)
    assert (node.folder / "web.yaml").read_text() == WEB.text(1)
    assert is_over(node)


def test_another_run_builds_on_nothing_that_may_yet_be_taken_back(node) -> None:
    carry_out(node, switching(node, WEB))
    before = node.seen()
    refused = order(node, WEB, manifest("other"), look=replace(before, pending=()))
    failed = only(carry_out(node, refused), StepFailed)
    assert (failed.step, "ada@desk" in failed.detail) == ("unconfirmed", True)
    seen = node.seen()
    failed = only(carry_out(node, order(node, manifest("other"), look=seen)), StepFailed)
    assert failed.step == "unconfirmed"
    assert names(node.folder) == ["web.yaml"]
    # its own run goes on
    assert Written in kinds(carry_out(node, switching(node, WEB, manifest("other"))))
    assert confirm(node.host, node.seen(), "r2")


def test_a_switch_of_which_nothing_stands_stops_no_other_run(node) -> None:
    """A run that was killed between arming and its first rename; nothing was written."""
    carry_out(node, writing(node, WEB))
    carry_out(node, switching(node, NEXT))
    (node.folder / "web.yaml").write_text(WEB.text(1))
    other = order(node, manifest("other"), look=replace(node.seen(), pending=pending(node)))
    assert Written in kinds(carry_out(node, other))
    until(lambda: is_over(node))
    assert pending(node) == ()


def test_a_later_step_of_the_run_begins_its_time_again_and_keeps_what_lay_there_first(node) -> None:
    carry_out(node, writing(node, WEB))
    carry_out(node, switching(node, absent=["web.yaml"]))
    renamed = manifest(image="example.com/web:3")
    begun = uptime()
    carry_out(node, switching(node, renamed, seconds=600))
    assert (node.folder / "web.yaml").read_text() == renamed.text(1)
    assert int((node.state / "switch" / "r2" / "armed").read_text().split()[0]) > begun + 600
    let_its_time_end(node)
    until(lambda: is_over(node))
    assert (node.folder / "web.yaml").read_text() == WEB.text(2)


def test_what_a_killed_run_left_does_not_change_the_name_of_the_switch(node) -> None:
    (node.folder / ".podwright.dead.0.1").write_text("x")
    carry_out(node, switching(node, WEB))
    assert [(one.run, one.file_name) for one in pending(node)] == [("r2", "web.yaml")]
    assert confirm(node.host, node.seen(), "r2")
    until(lambda: is_over(node))
    assert names(node.folder) == ["web.yaml"]


def test_what_is_asked_for_is_taken_back_before_its_time(node) -> None:
    carry_out(node, writing(node, WEB))
    carry_out(node, switching(node, NEXT))
    gone = {"state_dir": "", "owner": "eve@desk", "why": 'reverted by eve@desk: "bad"'}
    assert take_back(node.host, node.seen(), "r1", **gone) == ()
    assert take_back(node.host, node.seen(), "r2", **gone) == (("web.yaml", SwitchState.FIRED),)
    until(lambda: is_over(node))
    assert (node.folder / "web.yaml").read_text() == WEB.text(4)
    assert history(node, "web.yaml")[-1].proof == 'reverted by eve@desk: "bad"'


@pytest.mark.parametrize("kept", [False, True])
def test_what_was_adopted_by_a_note_is_ours_again_with_what_lay_there(node, kept: bool) -> None:
    (node.folder / "web.yaml").write_text("# by hand\n" + pod_text())
    look = node.seen()
    note = Own("web.yaml", look.file("web.yaml").sha256, ours=True)
    carry_out(node, WriteOrder(look, (note,), lock_owner="eve", lock_seconds=60))
    carry_out(node, switching(node, NEXT))
    if kept:
        assert confirm(node.host, node.seen(), "r2")
        push(node, WEB)
    else:
        take_back(node.host, node.seen(), "r2", state_dir="", owner="x", why="x")
        assert (node.folder / "web.yaml").read_text().startswith("# by hand")
    assert node.seen().file("web.yaml").adopted is not kept
    assert names(node.state / "adopted") == ([] if kept else ["web.yaml"])


def test_of_an_end_that_cannot_be_noted_nothing_stays(node) -> None:
    carry_out(node, writing(node, WEB))
    carry_out(node, switching(node, NEXT))
    let_fail(node, "switched")
    take_back(node.host, node.seen(), "r2", state_dir="", owner="eve@desk", why="x")
    until(lambda: (node.folder / "web.yaml").read_text() == WEB.text(4))
    until(lambda: not [*node.root.rglob("switched*")])


def test_what_cannot_be_taken_back_now_is_told_and_tried_again(node) -> None:
    carry_out(node, writing(node, WEB))
    carry_out(node, switching(node, NEXT))
    let_fail(node, "web.yaml")
    with pytest.raises(HostError, match="could not be taken back"):
        take_back(node.host, node.seen(), "r2", state_dir="", owner="eve@desk", why="x")
    assert [one.file_name for one in pending(node)] == ["web.yaml"]
    with pytest.raises(HostError, match="is being taken back"):
        confirm(node.host, node.seen(), "r2")
    (node.host.bin / "mv").unlink()
    if node.host.shell[0] == "busybox":
        (node.host.bin / "mv").symlink_to("/usr/bin/busybox")
    until(lambda: is_over(node))
    assert (node.folder / "web.yaml").read_text() == WEB.text(4)


def test_a_program_that_was_killed_is_told_and_its_switch_can_still_be_used(node) -> None:
    carry_out(node, switching(node, WEB))
    end_waiting(node.root)
    assert [one.state for one in pending(node)] == [SwitchState.LEFT]
    assert take_back(node.host, node.seen(), "r2", state_dir="", owner="x", why="x") == (
        ("web.yaml", SwitchState.FIRED),
    )
    assert names(node.folder) == []
    assert is_over(node)
    assert lock_left(node) == []


def test_the_ends_are_bounded_and_only_what_the_node_left_is_told(dash_node) -> None:
    node = dash_node
    for number in range(3):
        carry_out(node, switching(node, WEB, run=f"r{number}"))
        (node.state / "switched").write_text("old\n" * 80)
        take_back(node.host, node.seen(), f"r{number}", state_dir="", owner="x", why="x")
    assert len((node.state / "switched").read_text().splitlines()) == 50
    [fired] = pending(node)
    assert isinstance(fired, Pending)
    assert fired.run == "r2"
    assert hashlib.sha256(b"").hexdigest() not in fired.sha256s


@pytest.fixture
def with_systemd(node, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for systemd-run, which starts what it is given; the folder with what it and systemctl were called with."""
    for name in ("systemd", "units"):
        (node.root / name).mkdir()
    monkeypatch.setitem(SYSTEMD, "systemd_dir", str(node.root / "systemd"))
    monkeypatch.setitem(SYSTEMD, "unit_dir", str(node.root / "units"))
    start = 'while [ $# -gt 2 ]; do shift; done\n( (cd / && exec setsid "$@") </dev/null >/dev/null 2>&1 & )'
    stand_in(node.host.bin, "systemd-run", f'echo "$*" >>{node.root}/started\n{start}')
    # what nobody reloaded since is not known to it
    stand_in(node.host.bin, "systemctl", f'echo "$*" >>{node.root}/controlled; echo LoadState=not-found')
    return node.root


as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root may start services")


@as_root
def test_with_systemd_a_service_waits_and_a_unit_stands_before_the_kubelet(node, with_systemd) -> None:
    an_order = switching(node, WEB)
    assert an_order.switch
    carry_out(node, replace(an_order, switch=replace(an_order.switch, kubelet_unit="our-kubelet.service")))
    [unit] = (with_systemd / "units").glob("*.service")
    program = node.state / "switch" / "r2" / "program"
    assert (with_systemd / "started").read_text().split() == [
        *("--quiet", "--collect", "--property=StandardOutput=null"),
        *(f"--unit={unit.stem}-waits", "/bin/sh", str(program)),
    ]
    assert (with_systemd / "units/multi-user.target.wants" / unit.name).resolve() == unit
    text = unit.read_text()
    [before] = [line for line in text.splitlines() if line.startswith("Before=")]
    assert {"kubelet.service", "k3s.service", "our-kubelet.service"} <= set(before.partition("=")[2].split())
    assert f"RequiresMountsFor={node.state} {node.folder}\n" in text
    assert [one.state for one in pending(node)] == [SwitchState.ARMED]
    assert confirm(node.host, node.seen(), "r2")
    until(lambda: is_over(node))
    assert [path for path in (with_systemd / "units").rglob("*") if not path.is_dir()] == []
    assert "daemon-reload" not in (with_systemd / "controlled").read_text()


@as_root
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_has_nothing_to_say_about_the_unit(dash_node, monkeypatch) -> None:
    for name in ("systemd", "units"):
        (dash_node.root / name).mkdir()
    monkeypatch.setitem(SYSTEMD, "systemd_dir", str(dash_node.root / "systemd"))
    monkeypatch.setitem(SYSTEMD, "unit_dir", str(dash_node.root / "units"))
    carry_out(dash_node, switching(dash_node, WEB))
    [unit] = (dash_node.root / "units").glob("*.service")
    shown = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, check=False
    )
    assert (shown.returncode, shown.stdout + shown.stderr) == (0, b"")


@as_root
def test_after_a_restart_it_goes_back_before_its_time_and_takes_its_unit_away(node, with_systemd) -> None:
    carry_out(node, writing(node, WEB))
    carry_out(node, switching(node, NEXT, seconds=600))
    end_waiting(node.root)
    stand_in(node.host.bin, "systemctl", f'echo "$*" >>{node.root}/controlled; echo LoadState=loaded')
    program = node.state / "switch" / "r2" / "program"
    environment = {"PATH": node.host.path, "PODWRIGHT_AT_BOOT": "yes"}
    shell = shutil.which(node.host.shell[0])
    command = [shell, *node.host.shell[1:], str(program)]
    subprocess.run(command, env=environment, check=True, timeout=60)
    assert (node.folder / "web.yaml").read_text() == WEB.text(4)
    assert is_over(node)
    assert [path for path in (with_systemd / "units").rglob("*") if not path.is_dir()] == []
    assert "daemon-reload" in (with_systemd / "controlled").read_text()
    assert history(node, "web.yaml")[-1].proof == (
        "not confirmed within 600 s: the node was restarted before"
    )


@as_root
def test_where_systemd_cannot_start_it_a_process_of_its_own_waits(dash_node, monkeypatch) -> None:
    for name in ("systemd", "units"):
        (dash_node.root / name).mkdir()
    monkeypatch.setitem(SYSTEMD, "systemd_dir", str(dash_node.root / "systemd"))
    monkeypatch.setitem(SYSTEMD, "unit_dir", str(dash_node.root / "units"))
    stand_in(dash_node.host.bin, "systemd-run", "exit 1")
    carry_out(dash_node, switching(dash_node, WEB, seconds=2))
    until(lambda: is_over(dash_node))
    assert names(dash_node.folder) == []


def test_a_program_that_ends_before_its_time_is_no_answer(dash_node) -> None:
    carry_out(dash_node, switching(dash_node, WEB))
    stand_in(dash_node.host.bin, "mv", "kill -9 0")
    with pytest.raises(HostError, match="before its time, so what came of the run r2 is not known"):
        confirm(dash_node.host, dash_node.seen(), "r2")
