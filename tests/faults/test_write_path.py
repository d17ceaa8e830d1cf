"""Faults under the write: full and read-only disks, folders without rights, limits; real ones, in every shell."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest
from tests.fakes.shell_host import SHELLS, stand_in
from tests.unit.remote.conftest import LocalNode, make_node
from tests.unit.remote.node.test_apply import carry_out as apply_order
from tests.unit.remote.node.test_apply import kinds, lock_left, names, only, order, push
from tests.unit.remote.node.test_history import writing

from podwright.manifests.manifest import Manifest
from podwright.plan.events import Ended, Event, LockHeld, StepFailed, Written
from podwright.plan.observed import FolderState

WEB = manifest()
NEXT = manifest(image="example.com/web:2")
NOBODY = 65534

as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can mount and become somebody else")


@pytest.fixture(params=SHELLS)
def node(request: pytest.FixtureRequest, tmp_path: Path) -> LocalNode:
    return make_node(tmp_path, request.param)


@contextmanager
def mounted(folder: Path, *arguments: str) -> Iterator[None]:
    done = subprocess.run(["mount", *arguments, str(folder)], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"this machine lets nobody mount: {done.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Leave no byte free."""
    ballast = folder / ".ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            pass
    return ballast


@as_root
def test_a_full_disk_changes_nothing_and_says_so(node) -> None:
    with mounted(node.folder, "-t", "tmpfs", "-o", "size=64k,mode=755", "tmpfs"):
        push(node, WEB)
        ballast = fill(node.folder)
        events = push(node, NEXT)
        failed = only(events, StepFailed)
        assert failed.step == "stage"
        assert "No space left on device" in failed.detail
        assert (node.folder / "web.yaml").read_text() == WEB.text(1)
        assert names(node.folder) == [".ballast", "web.yaml"]
        assert lock_left(node) == []
        ballast.unlink()
        assert Written in kinds(push(node, NEXT))


@as_root
def test_a_disk_too_full_for_the_second_of_two_files_writes_neither(node) -> None:
    big = manifest("big", metadata=f"  annotations: {{note: {'x' * 100_000}}}\n")
    with mounted(node.folder, "-t", "tmpfs", "-o", "size=64k,mode=755", "tmpfs"):
        events = push(node, WEB, big)
        assert only(events, StepFailed).step == "stage"
        assert names(node.folder) == []


@as_root
def test_a_full_state_disk_stops_before_anything_is_touched(node) -> None:
    push(node, WEB)
    with mounted(node.state, "-t", "tmpfs", "-o", "size=64k,mode=755", "tmpfs"):
        (node.state / "backups").mkdir()
        fill(node.state)
        events = push(node, NEXT)
        assert only(events, StepFailed).step in ("lock-dir", "back-up")
        assert (node.folder / "web.yaml").read_text() == WEB.text(1)
        assert names(node.folder) == ["web.yaml"]


@as_root
def test_a_read_only_file_system_is_seen_before_and_refused_at_the_write(node) -> None:
    push(node, WEB)
    with mounted(node.folder, "--bind", str(node.folder)):
        subprocess.run(["mount", "-o", "remount,bind,ro", str(node.folder)], check=True)
        if node.host.shell[0] != "busybox":
            assert node.look().folder_state is FolderState.READ_ONLY
        events = push(node, NEXT)
        assert "Read-only file system" in only(events, StepFailed).detail
        assert (node.folder / "web.yaml").read_text() == WEB.text(1)


def someone_else(node: LocalNode) -> LocalNode:
    """The node for a login that is not root, and owns its manifest folder and the state folder beside it."""
    for folder in (node.root, *node.root.parents):
        if str(folder).startswith("/tmp/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    node.state.mkdir(parents=True, exist_ok=True)
    for folder in (node.folder, node.state):
        os.chown(folder, NOBODY, NOBODY)
    return replace(node, host=replace(node.host, user=NOBODY))


@as_root
def test_a_login_without_rights_on_the_folder_changes_nothing(node) -> None:
    login = someone_else(node)
    os.chown(node.folder, 0, 0)
    failed = only(push(login, WEB), StepFailed)
    assert failed.step == "stage"
    assert "Permission denied" in failed.detail
    assert names(node.folder) == []


@as_root
def test_a_lock_that_another_user_holds_is_respected(node) -> None:
    login = someone_else(node)
    lock = node.lock
    lock.write_text("nonce 1 some-boot 1 ada@desk\n")
    lock.chmod(0o600)
    assert kinds(push(login, WEB)) == [LockHeld, Ended]
    assert lock_left(node) == [lock.name]
    lock.chmod(0o644)
    assert Written in kinds(push(login, WEB)), "and it is seen to have expired"


@as_root
def test_another_user_may_read_whose_the_lock_is(node) -> None:
    stand_in(node.host.bin, "sync", f"/bin/cp -p {node.lock} {node.root}/seen")
    push(node, WEB)
    assert (node.root / "seen").stat().st_mode & 0o777 == 0o644
    assert (node.folder / "web.yaml").stat().st_mode & 0o777 == 0o600


@as_root
def test_a_login_without_rights_on_the_state_folder_is_told_which(node) -> None:
    login = someone_else(node)
    node.state.rmdir()
    failed = only(push(login, WEB), StepFailed)
    assert failed.step == "lock-dir"
    assert str(node.state) in failed.detail
    assert "Permission denied" in failed.detail
    node.state.mkdir()
    failed = only(push(login, WEB), StepFailed)
    assert failed.step == "lock-dir"
    assert f"{node.state}/lock" in failed.detail
    assert names(node.folder) == []


def test_a_state_folder_that_is_a_file_is_told(node) -> None:
    node.state.parent.mkdir(parents=True)
    node.state.write_text("x")
    assert only(push(node, WEB), StepFailed).step == "lock-dir"
    assert names(node.folder) == []


def test_a_disk_that_keeps_other_bytes_than_it_was_given_is_found_out(node) -> None:
    stand_in(node.host.bin, "dd", "for word; do case $word in of=*) echo rubbish >${word#of=};; esac; done")
    failed = only(push(node, WEB), StepFailed)
    assert (failed.step, failed.detail) == ("stage", "what was written is not what was sent")
    assert names(node.folder) == []


def test_a_rename_that_fails_leaves_the_old_file(node) -> None:
    push(node, WEB)
    stand_in(node.host.bin, "mv", "exit 1")
    failed = only(push(node, NEXT), StepFailed)
    assert (failed.step, failed.detail) == ("write", "web.yaml")
    assert (node.folder / "web.yaml").read_text() == WEB.text(1)
    assert names(node.folder) == ["web.yaml"]


def test_without_room_for_a_backup_nothing_is_replaced(node) -> None:
    push(node, WEB)
    stand_in(node.host.bin, "cp", "exit 1")
    assert only(push(node, NEXT), StepFailed).step == "back-up"
    assert (node.folder / "web.yaml").read_text() == WEB.text(1)


def test_a_folder_that_vanished_after_the_look_is_told(node) -> None:
    late = order(node, WEB)
    node.folder.rmdir()
    assert only(apply_order(node, late), StepFailed).step == "stage"
    assert not node.folder.exists()


def test_secrets_are_in_no_argument_of_any_process(node) -> None:
    """Every command that the programs start writes its arguments down."""
    log = node.root / "arguments"
    for command in ("dd", "mv", "cp", "sha256sum", "chmod", "ln", "rm", "mkdir", "date", "sync", "head"):
        real = f"/usr/bin/busybox {command}" if node.host.shell[0] == "busybox" else f"/usr/bin/{command}"
        stand_in(node.host.bin, command, f'echo "{command} $*" >>{log}\nexec {real} "$@"')
    secret = manifest(image="example.com/web:1\n    env:\n    - name: PASSWORD\n      value: hunter2-hunter2")
    push(node, secret)
    push(node, NEXT)
    assert "dd of=" in log.read_text()
    assert "hunter2" not in log.read_text()


@as_root
def test_a_state_disk_without_room_for_the_history_stops_before_anything_is_touched(node) -> None:
    carry_out_kept(node, WEB)
    with mounted(node.state / "history", "-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs"):
        fill(node.state / "history")
        failed = only(carry_out_kept(node, NEXT, "r2"), StepFailed)
        assert (failed.step, "No space left" in failed.detail or "history" in failed.detail) == (
            "state-dir",
            True,
        )
        assert (node.folder / "web.yaml").read_text() == WEB.text(1)
        assert names(node.folder) == ["web.yaml"]


@pytest.mark.parametrize("where", ["manifests", "history"])
def test_a_quota_that_is_used_up_changes_nothing_and_says_so(node, where) -> None:
    carry_out_kept(node, WEB)
    real = "/usr/bin/busybox dd" if node.host.shell[0] == "busybox" else "/bin/dd"
    stand_in(
        node.host.bin,
        "dd",
        f'case "$*" in *{where}/*) echo "dd: Disk quota exceeded" >&2; exit 1 ;; esac; exec {real} "$@"',
    )
    failed = only(carry_out_kept(node, NEXT, "r2"), StepFailed)
    assert "Disk quota exceeded" in failed.detail
    assert (node.folder / "web.yaml").read_text() == WEB.text(1)
    assert names(node.folder) == ["web.yaml"]
    assert lock_left(node) == []


def carry_out_kept(node: LocalNode, desired: Manifest, run: str = "r1") -> tuple[Event, ...]:
    """With a revision in the node's history."""
    return apply_order(node, writing(node, desired, run=run))
