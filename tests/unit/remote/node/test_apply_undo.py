"""A set of files is changed whole or not at all: what a later step's failure takes back, in every shell."""

from __future__ import annotations

import os
import subprocess

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, pod_text
from tests.fakes.shell_host import stand_in
from tests.unit.remote.node.test_apply import (
    carry_out,
    kinds,
    lock_left,
    names,
    only,
    order,
    push,
    with_second,
)

from podwright.plan.events import (
    Deleted,
    Ended,
    Event,
    Owned,
    Restored,
    SecondWritten,
    Stands,
    Started,
    StepFailed,
    Ticked,
    Written,
)
from podwright.plan.writes import Own
from podwright.remote.node.apply import apply_program

WEB = manifest()
NEXT = manifest(image="example.com/web:2")
OTHER = manifest("other")
#: nothing that is named after it can be moved
FAILS = "other.yaml"


def let_fail(node, *names: str) -> None:
    """Every rename to one of these names."""
    real = "/usr/bin/busybox mv" if node.host.shell[0] == "busybox" else "/bin/mv"
    cases = "|".join(f"*/{name}" for name in names)
    stand_in(node.host.bin, "mv", f'case "$*" in {cases}) exit 1 ;; esac; {real} "$@"')


def contents(node) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in node.folder.iterdir()}


def test_where_selinux_is_on_what_is_put_back_has_its_label_before_the_rename(node) -> None:
    push(node, WEB, OTHER)
    log = node.root / "labels"
    stand_in(node.host.bin, "matchpathcon", "echo u:r:t")
    stand_in(node.host.bin, "chcon", f'echo "$*" >>{log}')
    failing = order(node, NEXT, manifest("other", image="example.com/other:2"))
    let_fail(node, FAILS)
    text = apply_program(failing, "5e1f").replace("/sys/fs/selinux/enforce", str(node.folder))
    process = node.host.start(text)
    process.stdout.read()
    process.wait(20)
    process.stdout.close()
    process.stderr.close()
    back = f"-- u:r:t {node.folder}/.podwright.5e1f.back"
    assert log.read_text().splitlines()[2:] == [back]


def test_a_rename_that_fails_takes_back_the_renames_before_it(node) -> None:
    push(node, WEB, OTHER, manifest("going"))
    before = contents(node)
    failing = order(
        node,
        NEXT,
        manifest("new"),
        manifest("other", image="example.com/other:2"),
        absent=["going.yaml"],
    )
    # in this order: an update, a creation, a removal, and what fails
    failing = replace(failing, writes=(*failing.writes[:2], *failing.writes[:1:-1]))
    let_fail(node, FAILS)
    events = carry_out(node, failing)
    assert kinds(events) == [
        *(Started, Written, Written, Deleted, StepFailed),
        *(Restored, Restored, Restored, Ended),
    ]
    assert [event.file_name for event in events if isinstance(event, Restored)] == [
        "going.yaml",
        "new.yaml",
        "web.yaml",
    ]
    assert contents(node) == before
    assert {path.stat().st_mode & 0o777 for path in node.folder.iterdir()} == {0o600}
    assert lock_left(node) == []


@pytest.mark.parametrize("ours", [True, False])
def test_a_rename_that_fails_takes_back_the_notes_before_it(node, ours: bool) -> None:
    """An adoption of what lies there, and its end, in one order with a file that cannot be written."""
    push(node, OTHER)
    (node.folder / "web.yaml").write_text("# by hand\n" + pod_text())
    failing = order(node, manifest("other", image="example.com/other:2"))
    over = failing.observation.file("web.yaml").sha256
    if not ours:
        carry_out(node, replace(failing, writes=(Own("web.yaml", over, ours=True),)))
    let_fail(node, FAILS)
    events = carry_out(node, replace(failing, writes=(Own("web.yaml", over, ours), *failing.writes)))
    assert kinds(events) == [Started, Owned, StepFailed, Restored, Ended]
    assert node.seen().file("web.yaml").adopted is not ours
    assert names(node.state / "adopted") == ([] if ours else ["web.yaml"])


def test_what_was_taken_back_is_shown_until_it_is_proven_and_gets_no_second_write(node) -> None:
    (node.pods / "u1").mkdir()
    push(node, WEB, OTHER)
    changed = manifest("other", image="example.com/other:2")
    an_order = with_second(order(node, NEXT, changed, watch_seconds=2), "u1", 15)
    let_fail(node, FAILS)

    def on_event(event: Event) -> bool:
        if isinstance(event, Ticked) and (node.pods / "u1").exists():
            (node.pods / "u1").rmdir()
        return True

    events = carry_out(node, an_order, on_event)
    assert Restored in kinds(events)
    assert SecondWritten not in kinds(events)
    assert kinds(events).count(Ticked) > 1
    assert (node.folder / "web.yaml").read_text() == WEB.text(1)
    assert names(node.folder) == ["other.yaml", "web.yaml"]


def test_what_cannot_be_taken_back_is_said_to_stand_and_gets_its_second_write(node) -> None:
    (node.pods / "u1").mkdir()
    push(node, WEB, OTHER)
    changed = manifest("other", image="example.com/other:2")
    an_order = with_second(order(node, NEXT, changed, watch_seconds=20), "u1", 15)
    real = "/usr/bin/busybox mv" if node.host.shell[0] == "busybox" else "/bin/mv"
    stand_in(node.host.bin, "mv", f'case "$*" in *other.yaml | *.back*) exit 1 ;; esac; {real} "$@"')

    def on_event(event: Event) -> bool:
        if isinstance(event, Ticked) and (node.pods / "u1").exists():
            (node.pods / "u1").rmdir()
        return True

    events = carry_out(node, an_order, on_event)
    assert only(events, Stands) == Stands("web.yaml")
    assert only(events, SecondWritten).file_name == "web.yaml"
    assert (node.folder / "web.yaml").read_text() == NEXT.text(3)
    assert names(node.folder) == ["other.yaml", "web.yaml"]


def test_what_somebody_changed_since_is_not_taken_back(node) -> None:
    push(node, WEB, OTHER)
    changed = manifest("other", image="example.com/other:2")
    an_order = order(node, NEXT, changed)
    stand_in(
        node.host.bin,
        "mv",
        f'case "$*" in *other.yaml) echo theirs >{node.folder}/web.yaml; exit 1 ;; esac; /bin/mv "$@"',
    )
    events = carry_out(node, an_order)
    assert only(events, Stands) == Stands("web.yaml")
    assert (node.folder / "web.yaml").read_text() == "theirs\n"


def test_a_copy_that_fails_changes_nothing(node) -> None:
    push(node, WEB, OTHER)
    before = contents(node)
    an_order = order(node, NEXT, manifest("other", image="example.com/other:2"))
    real = "/usr/bin/busybox cp" if node.host.shell[0] == "busybox" else "/bin/cp"
    stand_in(node.host.bin, "cp", f'case "$*" in *other*) exit 1 ;; esac; {real} "$@"')
    events = carry_out(node, an_order)
    assert kinds(events) == [StepFailed, Ended]
    assert only(events, StepFailed).step == "back-up"
    assert contents(node) == before


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make a file immutable")
def test_an_immutable_file_keeps_the_set_as_it_was(node) -> None:
    push(node, WEB, OTHER)
    before = contents(node)
    an_order = order(node, NEXT, manifest("other", image="example.com/other:2"))
    done = subprocess.run(["chattr", "+i", node.folder / "other.yaml"], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("this file system knows no immutable files")
    try:
        events = carry_out(node, an_order)
    finally:
        subprocess.run(["chattr", "-i", node.folder / "other.yaml"], check=True)
    assert only(events, Restored).file_name == "web.yaml"
    assert contents(node) == before
