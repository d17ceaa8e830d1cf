"""Changes of a manifest folder, made by the real program in every shell that nodes have."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, pod_text
from tests.fakes.shell_host import stand_in

from podwright.errors import HostError
from podwright.plan.changes import Action
from podwright.plan.compare import compare
from podwright.plan.events import (
    Deleted,
    Ended,
    Event,
    Owned,
    Refused,
    Started,
    StepFailed,
    Written,
)
from podwright.plan.writes import Own, SecondPut
from podwright.remote.host import Host
from podwright.remote.node.apply import WriteOrder, apply, apply_program

WEB = manifest()
NEXT = manifest(image="example.com/web:2")
OWNER = "ada@desk 2026-11-23"


def order(node, *desired, absent=(), adopt=False, look=None, **changes) -> WriteOrder:
    look = look or node.seen()
    planned = compare(desired, absent, look, adopt=adopt)
    assert not any(change.action is Action.CONFLICT for change in planned)
    writes = tuple(write for change in planned for write in change.writes)
    write = WriteOrder(look, writes, lock_owner=OWNER, lock_seconds=60)
    return replace(write, **changes)


def carry_out(
    node, an_order, go_on: Callable[[Event], bool] = lambda _: True, *, host: Host | None = None
) -> tuple[Event, ...]:
    """Every event, up to the first after which `go_on` hangs up."""
    seen = []
    with closing(apply("n1", host or node.host, an_order, timeout=60)) as events:
        for event in events:
            seen.append(event)
            if not go_on(event):
                break
    return tuple(seen)


def with_second(an_order: WriteOrder, uid: str, seconds: float) -> WriteOrder:
    """The order with a second write of its first file."""
    first, *others = an_order.writes
    text = first.text.replace('generation: "2"', 'generation: "3"').replace(
        'generation: "1"', 'generation: "2"'
    )
    return replace(an_order, writes=(replace(first, second=SecondPut(text, uid, seconds)), *others))


def push(node, *desired, **options) -> tuple[Event, ...]:
    return carry_out(node, order(node, *desired, **options))


def kinds(events) -> list[type]:
    return [type(event) for event in events]


def only(events, kind):
    [event] = [event for event in events if isinstance(event, kind)]
    return event


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def lock_left(node) -> list[str]:
    """What lies where the lock and the attempts at it do."""
    return [name for name in names(node.state) if name.startswith("lock")] if node.state.exists() else []


def lock_line(seconds: float, boot: str | None = None) -> str:
    """Somebody else's lock, which expires in so many seconds."""
    boot = boot or Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return f"theirs {int(uptime() + seconds)} {boot} {uptime() - 3} grace@laptop (pid 7)\n"


def leave_lock(node, line: str) -> None:
    node.state.mkdir(parents=True, exist_ok=True)
    node.lock.write_text(line)


def uptime() -> float:
    return float(Path("/proc/uptime").read_text().split()[0])


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.01)


# --- the write


def test_a_first_push_puts_the_whole_file_there_for_its_owner_alone(node) -> None:
    events = push(node, WEB)
    assert kinds(events) == [Started, Written, Ended]
    assert (node.folder / "web.yaml").read_text() == WEB.text(1)
    assert (node.folder / "web.yaml").stat().st_mode & 0o7777 == 0o600
    assert names(node.folder) == ["web.yaml"]
    assert names(node.state) == [], "there was nothing to back up, and the lock is gone"


def test_an_update_keeps_the_old_content_outside_the_folder_for_its_owner_alone(node) -> None:
    push(node, WEB)
    push(node, NEXT)
    [backup] = (node.state / "backups").iterdir()
    assert backup.read_text() == WEB.text(1)
    assert backup.stat().st_mode & 0o777 == 0o600
    assert (node.folder / "web.yaml").read_text() == NEXT.text(2)
    assert (node.state / "backups").stat().st_mode & 0o777 == 0o700
    assert node.state.stat().st_mode & 0o777 == 0o755


def test_a_removal_deletes_the_file_and_keeps_a_copy(node) -> None:
    push(node, WEB)
    events = push(node, absent=("web.yaml",))
    assert Deleted in kinds(events)
    assert names(node.folder) == []
    assert len(names(node.state / "backups")) == 1


@pytest.mark.parametrize("change", ["create", "update", "delete"])
def test_the_undo_of_a_change_brings_back_what_was_there(node, change) -> None:
    if change != "create":
        push(node, WEB)
    before = {path.name: path.read_bytes() for path in node.folder.iterdir()}
    look = node.seen()
    [planned] = compare(
        [] if change == "delete" else [NEXT], ["web.yaml"] if change == "delete" else [], look
    )
    carry_out(node, WriteOrder(look, planned.writes, lock_seconds=60))
    left = node.seen().file("web.yaml")
    undo = planned.undo(left.sha256 if left else "")
    carry_out(node, WriteOrder(look, undo, lock_seconds=60))
    assert {path.name: path.read_bytes() for path in node.folder.iterdir()} == before


def test_the_backup_of_an_adopted_file_does_not_keep_its_open_mode(node) -> None:
    (node.folder / "web.yaml").write_text(pod_text())
    (node.folder / "web.yaml").chmod(0o644)
    push(node, WEB, adopt=True)
    [backup] = (node.state / "backups").iterdir()
    assert backup.stat().st_mode & 0o777 == 0o600


def test_the_five_newest_backups_of_each_name_stay(node) -> None:
    push(node, WEB, manifest("other"))
    (node.state / "backups").mkdir(parents=True)
    old = node.state / "backups" / "web.yaml.extra"
    old.write_text("somebody's")
    for number in range(7):
        # seconds are all that tells their age
        (node.state / "backups" / f"web.yaml.100000000{number}.aa").write_text("old")
    push(node, NEXT, manifest("other"))
    left = names(node.state / "backups")
    assert [name for name in left if name.startswith("web.yaml.1000")] == [
        f"web.yaml.100000000{number}.aa" for number in (3, 4, 5, 6)
    ]
    assert "web.yaml.extra" in left
    assert len(left) == 6


def test_a_clock_that_went_back_does_not_cost_the_newest_backup(node) -> None:
    push(node, WEB)
    (node.state / "backups").mkdir(parents=True)
    for number in range(5):
        (node.state / "backups" / f"web.yaml.999999999{number}.aa").write_text("from the future")
    push(node, NEXT)
    assert WEB.text(1) in [path.read_text() for path in (node.state / "backups").iterdir()]


def test_a_manifest_of_a_megabyte_and_any_text_lands_byte_for_byte(node) -> None:
    text = "é $HOME `id` \\ ' \" %s \\n " + "x" * (1 << 20)
    big = manifest(image=f"example.com/web:1\n    env:\n    - name: NOTE\n      value: {json.dumps(text)}")
    push(node, big)
    assert (node.folder / "web.yaml").read_text() == big.text(1)


def test_a_reader_sees_whole_files_only_while_pushes_go_on(node) -> None:
    big = "x" * 200_000
    versions = [
        manifest(image=f"example.com/web:{tag}", metadata=f"  annotations: {{note: {big}}}\n")
        for tag in (1, 2)
    ]
    push(node, versions[0])
    legal = {versions[turn % 2].text(turn + 1) for turn in range(9)}
    seen, stop = set(), threading.Event()

    def read() -> None:
        while not stop.is_set():
            try:
                seen.add((node.folder / "web.yaml").read_text())
            except FileNotFoundError:
                seen.add("absent")

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for turn in range(1, 9):
            push(node, versions[turn % 2])
    finally:
        stop.set()
        reader.join()
    assert seen <= legal
    assert len(seen) > 1


@pytest.mark.parametrize("command", ["dd", "sync"])
def test_content_and_folder_are_flushed_before_the_end(node, command) -> None:
    """`dd conv=fsync` for the file, `sync FOLDER` for its name."""
    log = node.root / "calls"
    real = f"{node.host.bin}/busybox {command}" if node.host.shell[0] == "busybox" else f"/bin/{command}"
    if node.host.shell[0] == "busybox":
        (node.host.bin / "busybox").symlink_to("/usr/bin/busybox")
    stand_in(node.host.bin, command, f'echo "{command} $*" >>{log}\nexec {real} "$@"')
    push(node, WEB)
    expected = {"dd": "conv=fsync", "sync": str(node.folder)}[command]
    assert expected in log.read_text()


# --- compare-and-swap


def identity(path: Path) -> tuple[int, ...]:
    """Which file it is and when it was last changed; a mere look moves the access time."""
    status = path.lstat()
    return status.st_ino, status.st_mode, status.st_size, status.st_mtime_ns


@pytest.mark.parametrize("meanwhile", ["changed", "deleted", "created", "a folder", "a fifo", "a link"])
def test_what_somebody_did_between_look_and_write_is_left_alone(node, meanwhile) -> None:
    path = node.folder / "web.yaml"
    if meanwhile in ("changed", "deleted"):
        push(node, WEB)
    late = order(node, NEXT)
    path.unlink(missing_ok=True)
    match meanwhile:
        case "changed" | "created":
            path.write_text("theirs")
        case "a folder":
            path.mkdir()
        case "a fifo":
            os.mkfifo(path)
        case "a link":
            path.symlink_to("/dev/zero")
    before = identity(path) if meanwhile != "deleted" else None
    events = carry_out(node, late)
    assert only(events, Refused).file_name == "web.yaml"
    assert Written not in kinds(events)
    assert (identity(path) if before else None) == before
    assert names(node.folder) == ([] if meanwhile == "deleted" else ["web.yaml"])
    assert lock_left(node) == []


def test_nothing_is_written_once_a_stuck_disk_has_outlasted_the_lock(node) -> None:
    stand_in(node.host.bin, "sha256sum", 'sleep 2.1; exec /usr/bin/busybox sha256sum "$@"')
    events = carry_out(node, replace(order(node, WEB), lock_seconds=1))
    assert only(events, StepFailed) == StepFailed("too-late", "web.yaml")
    assert names(node.folder) == []


def test_nothing_is_written_once_another_run_took_the_lock_over(node) -> None:
    """As it may where we were stopped between the making of the lock and its line, which a crash leaves too."""
    theirs = lock_line(60)
    (node.root / "theirs").write_text(theirs)
    take = f"/bin/cp {node.root}/theirs {node.lock}"
    stand_in(node.host.bin, "sha256sum", f'{take}; exec /usr/bin/busybox sha256sum "$@"')
    events = push(node, WEB)
    assert only(events, StepFailed) == StepFailed("too-late", "web.yaml")
    assert names(node.folder) == []
    assert node.lock.read_text() == theirs


def test_nothing_is_written_for_a_caller_who_is_gone(node) -> None:
    process = node.host.start(apply_program(order(node, WEB), "nonce"))
    process.stdout.close()
    process.wait(20)
    process.stderr.close()
    assert names(node.folder) == []


def test_one_file_that_changed_meanwhile_keeps_the_whole_set_from_being_written(node) -> None:
    push(node, WEB, manifest("third"))
    late = order(node, manifest("third", image="example.com/third:2"), manifest("other"), NEXT)
    (node.folder / "web.yaml").write_text("theirs")
    assert kinds(carry_out(node, late)) == [Refused, Ended]
    assert names(node.folder) == ["third.yaml", "web.yaml"]
    assert (node.folder / "third.yaml").read_text() == manifest("third").text(1)
    assert names(node.state / "backups") == [], "what is not replaced needs no copy"
    assert lock_left(node) == []


def test_what_another_run_wrote_alike_keeps_nothing_from_being_written(node) -> None:
    late = order(node, WEB, manifest("other"))
    push(node, WEB)
    assert kinds(carry_out(node, late)) == [Refused, Started, Written, Ended]
    assert names(node.folder) == ["other.yaml", "web.yaml"]


@pytest.mark.parametrize(
    ("policy", "labelled"),
    [
        ("system_u:object_r:kubernetes_file_t:s0", "chcon -- system_u:object_r:kubernetes_file_t:s0"),
        ("<<none>>", "restorecon --"),
        ("", "restorecon --"),
    ],
)
def test_where_selinux_is_on_the_staged_file_gets_the_label_of_its_name_before_the_rename(
    node, policy: str, labelled: str
) -> None:
    """What it replaces may have come from another folder with another label."""
    log = node.root / "labels"
    stand_in(node.host.bin, "matchpathcon", f'echo "matchpathcon $*" >>{log}; echo "{policy}"')
    for command in ("chcon", "restorecon"):
        stand_in(node.host.bin, command, f'echo "{command} $*" >>{log}')
    push(node, WEB)
    assert not log.exists(), "there is no SELinux here"
    text = apply_program(order(node, NEXT, manifest("other")), "5e1f").replace(
        "/sys/fs/selinux/enforce", str(node.folder)
    )
    process = node.host.start(text)
    process.stdout.read()
    process.wait(20)
    process.stdout.close()
    process.stderr.close()
    assert log.read_text().splitlines() == [
        f"matchpathcon -n -- {node.folder}/web.yaml",
        f"{labelled} {node.folder}/.podwright.5e1f.0.1",
        f"matchpathcon -n -- {node.folder}/other.yaml",
        f"{labelled} {node.folder}/.podwright.5e1f.1.1",
    ]


def test_a_link_is_adopted_by_becoming_a_file_and_its_target_stays(node) -> None:
    target = node.root / "target.yaml"
    target.write_text(pod_text())
    (node.folder / "web.yaml").symlink_to(target)
    push(node, WEB, adopt=True)
    assert not (node.folder / "web.yaml").is_symlink()
    assert target.read_text() == pod_text()


# --- the end


def test_a_program_that_is_killed_between_its_writes_is_no_success(node) -> None:
    """`mv` of the second file takes the program with it."""
    real = "/usr/bin/busybox mv" if node.host.shell[0] == "busybox" else "/bin/mv"
    stand_in(node.host.bin, "mv", f'case $* in *other.yaml) kill -9 $PPID;; *) exec {real} "$@";; esac')
    noted = []
    with pytest.raises(HostError, match="n1: the program ended before its time"):
        carry_out(node, order(node, WEB, manifest("other")), lambda event: noted.append(event) or True)
    assert [event.file_name for event in noted if isinstance(event, Written)] in ([], ["web.yaml"])
    assert "other.yaml" not in names(node.folder)


def test_a_shell_that_cannot_start_is_told_with_its_words(dash_node) -> None:
    stand_in(dash_node.host.bin, "broken", "echo 'This account is not available.' >&2; exit 1")
    host = replace(dash_node.host, shell=(str(dash_node.host.bin / "broken"),))
    with pytest.raises(HostError, match=r"the program did not start: This account is not available\."):
        carry_out(dash_node, order(dash_node, WEB), host=host)


def test_a_note_says_that_a_file_is_ours_as_long_as_nobody_changes_it(node) -> None:
    theirs = f"# by hand\n{pod_text()}"
    (node.folder / "web.yaml").write_text(theirs)

    def note(ours: bool) -> tuple[Event, ...]:
        look = node.seen()
        over = look.file("web.yaml").sha256
        return carry_out(
            node, WriteOrder(look, (Own("web.yaml", over, ours),), lock_owner=OWNER, lock_seconds=60)
        )

    assert only(note(ours=True), Owned) == Owned("web.yaml", True)
    assert (node.folder / "web.yaml").read_text() == theirs
    assert node.seen().file("web.yaml").adopted
    assert only(note(ours=False), Owned) == Owned("web.yaml", False)
    assert not node.seen().file("web.yaml").adopted
    note(ours=True)
    (node.folder / "web.yaml").write_text(f"{theirs}# changed\n")
    assert not node.seen().file("web.yaml").adopted
    (node.folder / "web.yaml").write_text(theirs)
    assert Written in kinds(push(node, NEXT))
    assert names(node.state / "adopted") == [], "our mark is on it"


def test_a_note_says_that_a_file_is_not_ours_as_long_as_nobody_changes_it(node) -> None:
    push(node, WEB)
    before = (node.folder / "web.yaml").read_text()

    def note(ours: bool) -> tuple[Event, ...]:
        look = node.seen()
        own = Own("web.yaml", look.file("web.yaml").sha256, ours, marked=True)
        return carry_out(node, WriteOrder(look, (own,), lock_owner=OWNER, lock_seconds=60))

    assert only(note(ours=False), Owned) == Owned("web.yaml", False)
    assert (node.folder / "web.yaml").read_text() == before
    assert not node.seen().file("web.yaml").managed
    assert only(note(ours=True), Owned) == Owned("web.yaml", True)
    assert node.seen().file("web.yaml").managed
    assert names(node.state / "adopted") == [], "its mark says so"
    note(ours=False)
    push(node, manifest("other"))
    assert not node.seen().file("web.yaml").managed, "a write of another file leaves it"
    (node.folder / "web.yaml").write_text(f"{before}# changed\n")
    assert node.seen().file("web.yaml").managed, "the note is of what lay there"
    push(node, manifest("third"))
    assert names(node.state / "adopted") == []
    note(ours=False)
    (node.folder / "web.yaml").unlink()
    push(node, manifest("fourth"))
    assert names(node.state / "adopted") == []
