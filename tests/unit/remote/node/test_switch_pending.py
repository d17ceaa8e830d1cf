"""What a node reports of its dead-man switches; only what is whole and of our form counts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.unit.remote.node.test_apply import uptime

from podwright.plan.pending import Pending, SwitchState
from podwright.plan.writes import NOTHING
from podwright.remote.node.observe import Part, observe
from podwright.remote.node.records import Record
from podwright.remote.node.switch_pending import parse_pending

WROTE, BEFORE = "a" * 64, "b" * 64
ENTRY = f"{BEFORE} {BEFORE} - {WROTE},{'c' * 64} web.yaml"


def lay(node, *, left: float = 60, entries: str = ENTRY, keeper: str | None = None) -> None:
    """A switch, as switch_arm.sh leaves it."""
    switch = node.state / "switch" / "r1"
    switch.mkdir(parents=True)
    (switch / "armed").write_text(f"{int(uptime() + left)} boot 300 ada@desk (manifest push, run r1)\n")
    (switch / "entries").write_text(entries + "\n")
    if keeper is None:
        began = Path("/proc/self/stat").read_text().rpartition(") ")[2].split()[19]
        keeper = f"{os.getpid()} {began}\n"
    (switch / "keeper").write_text(keeper)


def pending(node) -> tuple[Pending, ...]:
    parts = (Part.FILES, Part.PENDING)
    return observe("n1", node.host, folder=str(node.folder), parts=parts).pending


def test_a_switch_that_waits_is_shown_with_its_run_its_file_and_the_seconds_left(node) -> None:
    assert pending(node) == ()
    lay(node)
    [one] = pending(node)
    assert (one.run, one.file_name, one.state) == ("r1", "web.yaml", SwitchState.ARMED)
    assert one.who == "ada@desk (manifest push, run r1)"
    assert 55 < one.left <= 60
    assert one.sha256s == (WROTE, "c" * 64)


@pytest.mark.parametrize("keeper", ["", "1 999999999\n", "999999999 5\n", "x y\n"])
def test_a_switch_whose_program_is_dead_is_left(node, keeper) -> None:
    lay(node, keeper=keeper)
    assert [one.state for one in pending(node)] == [SwitchState.LEFT]


def test_a_switch_that_is_being_made_is_none_and_one_that_is_being_unmade_is_confirmed(node) -> None:
    lay(node)
    switch = node.state / "switch" / "r1"
    (switch / "armed").rename(switch / "confirmed")
    assert [(one.run, one.state) for one in pending(node)] == [("r1", SwitchState.CONFIRMED)]
    (switch / "confirmed").unlink()
    assert pending(node) == ()


def test_what_the_node_did_is_told_by_the_last_line_of_each_file(node) -> None:
    node.state.mkdir(parents=True)
    lines = (
        f"100 reverted r1 {BEFORE} web.yaml",
        f"200 superseded r2 {WROTE} web.yaml",
        f"300 reverted r2 {NOTHING} a file.yaml",
        f"400 confirmed r3 {WROTE} other.yaml",
        "torn",
    )
    (node.state / "switched").write_text("\n".join(lines))
    assert pending(node) == (
        Pending("r2", "web.yaml", SwitchState.SUPERSEDED, at=200, sha256s=(WROTE,)),
        Pending("r2", "a file.yaml", SwitchState.FIRED, at=300, sha256s=(NOTHING,)),
        Pending("r3", "other.yaml", SwitchState.CONFIRMED, at=400, sha256s=(WROTE,)),
    )


@pytest.mark.parametrize(
    ("words", "body"),
    [
        ("1 armed ../x", f"5 b 3 w\n{ENTRY}"),
        ("x armed r1", f"5 b 3 w\n{ENTRY}"),
        ("1 armed r1", ENTRY),
        ("1 armed r1", "5 b 3 w\nnonsense"),
        ("1 armed r1", ""),
    ],
)
def test_nonsense_is_left_out(words, body) -> None:
    assert [*parse_pending([Record("switch", words, body.encode())])] == []
