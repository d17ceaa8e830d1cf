"""On real OpenSSH: whoever pushed is killed, cut off or locked out, and the node goes back by itself, once."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.fakes.command_server import CommandServer
from tests.faults.conftest import until
from tests.faults.operations import PUSH, REMOVE, Operation
from tests.faults.walk import Ran, Walk
from tests.unit.remote.node.test_switch import end_time_of

from podwright_lab.cluster import Lab
from podwright_lab.real_sshd import _descendants

#: longer than a proof takes in the lab, and than a test takes to look at what waits
WITHIN = ("--confirm-within", "60s")
BREAK = ("node", "lock", "break", "--reason", "it was killed")
UPDATE = Operation(PUSH, "first", "second")


@pytest.fixture(scope="module")
def one_lab(tmp_path_factory: pytest.TempPathFactory, commands: CommandServer) -> Iterator[Walk]:
    folder = tmp_path_factory.mktemp("switch")
    with Lab(folder / "lab", nodes=1, speed=2.0, sshd=True) as lab:
        yield Walk.on(lab, lab.nodes[0], folder / "site", commands)


@pytest.fixture
def walk(one_lab: Walk) -> Iterator[Walk]:
    assert one_lab.run(Operation((*PUSH, "--retry"), None, "first")).code == 0
    one_lab.texts["first"] = one_lab.text()
    yield one_lab
    for pid in waiting(one_lab):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def state(walk: Walk) -> Path:
    return walk.node.manifest_dir.parent / ".podwright" / walk.node.manifest_dir.name


def waiting(walk: Walk) -> list[int]:
    """Processes of this node that wait for a run to be confirmed."""
    found = []
    for words in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if f"{state(walk)}/switch/".encode() in words.read_bytes():
                found.append(int(words.parent.name))
    return found


def let_its_time_end(walk: Walk, run: str) -> None:
    """As if the seconds of its switch had passed, unless it is taking back already."""
    with suppress(FileNotFoundError):
        end_time_of(state(walk) / "switch" / run)


def ends(walk: Walk) -> list[str]:
    """What the node noted of its switches."""
    noted = state(walk) / "switched"
    return noted.read_text().splitlines() if noted.exists() else []


def nothing_stays(walk: Walk) -> bool:
    left = {path.name for path in state(walk).iterdir()} - {"backups", "broken", "history", "switched"}
    return not left and not waiting(walk) and not [*walk.node.manifest_dir.glob(".*")]


@pytest.fixture(scope="module")
def written(one_lab: Walk) -> str:
    """The place that a push passes once its file is renamed."""
    one_lab.shell.record()
    assert one_lab.run(Operation(PUSH, None, "third"), *WITHIN).code == 0
    # the letters that digits may be are left out
    return next(place for place in one_lab.shell.places if place.startswith("sttl") and ": syn" in place)


def push_broken_at(walk: Walk, place: str, fault: str) -> Ran:
    walk.shell.arm(place, fault)
    walk.shell.release()
    ran = walk.run(UPDATE, *WITHIN)
    assert walk.shell.disarm(), "it was not broken"
    return ran


@pytest.mark.parametrize("fault", ["controller", "connection", "shell"])
def test_a_push_that_is_killed_after_the_write_goes_back(written: str, walk: Walk, fault: str) -> None:
    ran = push_broken_at(walk, written, fault)
    assert ran.code != 0
    assert walk.text() != walk.texts["first"], "killed too early to prove anything"
    [run] = [path.name for path in (state(walk) / "switch").iterdir()]
    refused = walk.run(Operation(PUSH, "first", "fourth"))
    assert (refused.code, f"as the run {run} wrote it, which is not confirmed" in refused.err) == (1, True)
    if held := walk.lock_of_the_dead():
        # otherwise the node waits for it to expire, as everybody does
        broken = walk.run(Operation((*BREAK, held), None, "first"))
        # who still ends on the node releases it
        assert broken.code == 0 or "no chosen node has a lock" in broken.err, broken.err
    let_its_time_end(walk, run)
    until(lambda: walk.text() == walk.texts["first"])
    until(lambda: nothing_stays(walk))
    told = walk.run(Operation(("manifest", "status"), None, "first"))
    assert f"the node took it back: the run {run} was not confirmed in time" in told.err
    again = walk.run(UPDATE, "--retry", *WITHIN)
    assert again.code == 0, again.err
    # what could take it back has gone before its time
    until(lambda: nothing_stays(walk))
    assert walk.text() != walk.texts["first"], "it was confirmed"


def test_what_is_confirmed_stays_and_so_does_no_program(walk: Walk) -> None:
    ran = walk.run(UPDATE, "--confirm-within", "60s")
    assert ran.code == 0, ran.err
    until(lambda: nothing_stays(walk))
    assert "second" in (walk.text() or "")
    shown = walk.run(Operation(("node", "pending", "-o", "json"), None, "second"))
    assert shown.node["pending"] == []
    assert walk.run(Operation(REMOVE, "second", None)).code == 0


def test_an_sshd_that_is_gone_with_all_its_sessions_goes_back_once(walk: Walk) -> None:
    """Nobody can log in any more, which is what a push of a broken network comes to."""
    pod, ended = walk.texts["first"], ends(walk)
    sshd = walk.node.ssh.process.pid
    process = walk.start(UPDATE, *WITHIN)
    try:
        until(lambda: walk.text() != pod)
        for pid in (*_descendants(sshd), sshd):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        ran = process.answer(timeout=100)
    finally:
        process.kill()
    assert ran.code == 1, ran.err
    assert ran.document["nodes"][0]["status"] == "failed"
    assert re.search(r"goes back by itself within 60 s unless it is confirmed|connection", ran.err)
    for run in [path.name for path in (state(walk) / "switch").iterdir()]:
        let_its_time_end(walk, run)
    # if the run's program was killed while it held the lock, the node waits for that to expire
    until(lambda: walk.text() == pod, 90)
    until(lambda: nothing_stays(walk))
    assert [line.split()[1] for line in ends(walk)[len(ended) :]] == ["reverted"]
    assert walk.text() == pod
