"""What another user of the node may change is neither believed nor written to; real owners, modes and ACLs, each shell."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest
from tests.fakes.copies import replace
from tests.unit.remote.conftest import LocalNode, make_node
from tests.unit.remote.node.test_apply import NEXT, WEB, kinds, names, only, order, push

from podwright.plan.events import Ended, Refused, Started, StepFailed, Written
from podwright.plan.expectations import WaitFor
from podwright.plan.observed import FolderState
from podwright.plan.preflight import preflight
from podwright.plan.reasons import Check

as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
NOBODY = 65534


def give(path: Path) -> None:
    os.chown(path, NOBODY, NOBODY)


def default_acl(folder: Path, user: int = NOBODY) -> None:
    """As `setfacl -d -m u:USER:rwx` does."""
    entries = [(1, 7, -1), (2, 7, user), (4, 5, -1), (0x10, 7, -1), (0x20, 0, -1)]
    packed = b"".join(struct.pack("<HHI", tag, rights, who & 0xFFFFFFFF) for tag, rights, who in entries)
    try:
        os.setxattr(folder, "system.posix_acl_default", struct.pack("<I", 2) + packed)
    except OSError:
        pytest.skip("the file system has no ACLs")


CHANGES = {
    "open folder": lambda node: node.folder.chmod(0o777),
    "sticky folder": lambda node: node.folder.chmod(0o1777),
    "open parent": lambda node: node.folder.parent.chmod(0o757),
}
ROOTS_CHANGES = CHANGES | {
    "folder of a group": lambda node: node.folder.chmod(0o775),
    "folder of another": lambda node: give(node.folder),
    "parent of another": lambda node: give(node.folder.parent),
}


def refused(node: LocalNode) -> None:
    look = node.look()
    assert look.folder_state is FolderState.UNTRUSTED
    assert str(node.folder.parent) in look.untrusted
    checks = [reason.kind for reason in preflight(look, configured_folder=None, wait_for=WaitFor.FILE)]
    assert Check.FOLDER_UNTRUSTED in checks
    failed = only(push(node, WEB), StepFailed)
    assert failed.step == "untrusted"
    assert str(node.folder.parent) in failed.detail
    assert names(node.folder) == []
    assert not node.state.exists()


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_is_written_where_others_may_write(node, change) -> None:
    CHANGES[change](node)
    refused(node)


@as_root
@pytest.mark.parametrize("change", sorted(ROOTS_CHANGES.keys() - CHANGES.keys()))
def test_root_writes_nothing_where_another_user_may(node, change) -> None:
    ROOTS_CHANGES[change](node)
    refused(node)


@as_root
def test_a_link_on_the_way_is_as_good_as_who_made_it(dash_node) -> None:
    node = dash_node
    real = node.root / "real"
    node.folder.parent.rename(real)
    node.folder.parent.symlink_to(real)
    assert kinds(push(node, WEB))[-1] is Ended
    os.chown(node.folder.parent, NOBODY, NOBODY, follow_symlinks=False)
    assert node.look().folder_state is FolderState.UNTRUSTED
    os.chown(node.folder.parent, 0, 0, follow_symlinks=False)
    give(real)
    assert node.look().folder_state is FolderState.UNTRUSTED


def test_below_a_sticky_folder_nobody_can_replace_what_is_ours(node) -> None:
    node.root.chmod(0o1777)
    assert kinds(push(node, WEB)) == [Started, Written, Ended]
    node.root.chmod(0o777)
    assert only(push(node, NEXT), StepFailed).step == "untrusted"


@as_root
@pytest.mark.parametrize("change", ["owner", "mode", "sticky", "link"])
def test_a_state_folder_that_another_user_made_is_not_used(node, change) -> None:
    elsewhere = node.root / "elsewhere"
    elsewhere.mkdir()
    node.state.parent.mkdir()
    if change == "link":
        node.state.symlink_to(elsewhere)
        os.chown(node.state, NOBODY, NOBODY, follow_symlinks=False)
        give(elsewhere)
    else:
        node.state.mkdir()
        give(node.state) if change == "owner" else node.state.chmod(0o1777 if change == "sticky" else 0o777)
    assert only(push(node, WEB), StepFailed).step == "untrusted"
    assert names(node.folder) == names(elsewhere) == []
    assert list(node.state.iterdir()) == []


def test_a_configured_state_folder_is_held_to_the_same(node) -> None:
    push(node, WEB)
    open_folder = node.root / "open"
    open_folder.mkdir()
    open_folder.chmod(0o777)
    assert only(push(node, NEXT, state_dir=str(open_folder)), StepFailed).step == "untrusted"
    assert (node.folder / "web.yaml").read_text() == WEB.text(1)
    assert names(open_folder) == []


def test_what_is_swapped_in_after_the_look_is_neither_written_over_nor_kept(node) -> None:
    push(node, WEB)
    secret = node.root / "shadow"
    secret.write_text("root:secret\n")
    write = order(node, NEXT)
    (node.folder / "web.yaml").unlink()
    (node.folder / "web.yaml").symlink_to(secret)
    events = push(node, NEXT, look=write.observation)
    assert only(events, Refused).file_name == "web.yaml"
    assert (node.folder / "web.yaml").is_symlink()
    assert names(node.state / "backups") == []


def test_a_default_acl_opens_neither_the_manifest_nor_its_copy(node) -> None:
    for folder in (node.folder, node.folder.parent):
        default_acl(folder)
    push(node, WEB)
    assert kinds(push(node, NEXT)).count(Written) == 1
    assert (node.folder / "web.yaml").stat().st_mode & 0o7777 == 0o600
    [backup] = (node.state / "backups").iterdir()
    assert (node.state / "backups").stat().st_mode & 0o777 == 0o700
    assert backup.read_text() == WEB.text(1)


@as_root
@pytest.mark.parametrize("change", ["folder", "socket"])
def test_a_runtime_whose_socket_others_may_replace_is_not_asked(node, change) -> None:
    run = node.root / "run"
    run.mkdir()
    socket = run / "c.sock"
    os.mknod(socket, 0o140666)
    node.crictl("""echo '{"items": [], "containers": []}'""")
    order_with = node.seen(runtime_endpoint=f"unix://{socket}")
    assert kinds(push(node, WEB, look=order_with))[-1] is Ended, "anybody may talk to it"
    run.chmod(0o777) if change == "folder" else give(socket)
    assert (
        only(push(node, NEXT, look=replace(order_with, files=node.look().files)), StepFailed).step
        == "untrusted"
    )


@as_root
@pytest.mark.parametrize("shell", ["dash", "bash", "busybox"])
def test_a_login_that_is_not_root_uses_what_is_its_own(tmp_path, shell) -> None:
    for folder in (tmp_path, *tmp_path.parents[:3]):
        if folder != Path("/tmp"):
            folder.chmod(folder.stat().st_mode | 0o055)
    node = make_node(tmp_path / "site", shell)
    for path in (node.root, *node.root.rglob("*")):
        if not path.is_symlink():
            os.chown(path, NOBODY, os.getgid())  # the user's own group there, too
    node.folder.chmod(0o775)
    node = replace(node, host=replace(node.host, user=NOBODY))
    assert node.look().folder_state is FolderState.USABLE
    node.folder.chmod(0o777)
    assert node.look().folder_state is FolderState.UNTRUSTED
