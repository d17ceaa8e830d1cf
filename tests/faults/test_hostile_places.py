"""Places that are not as one would wish: links, mounts, quotas: refused or handled, and the files whole."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest
from tests.fakes.programs import run
from tests.fakes.shell_host import SHELLS
from tests.faults.test_write_path import mounted
from tests.unit.remote.conftest import LocalNode, make_node
from tests.unit.remote.node.test_apply import carry_out, kinds, lock_left, names, only, order, push
from tests.unit.remote.node.test_history import writing

from podwright.plan.events import Deleted, StepFailed, Written
from podwright.remote.node.apply import apply_program
from podwright.remote.node.history import file_name

WEB = manifest()
NEXT = manifest(image="example.com/web:2")
NOBODY = 65534
NONCE = "0" * 32

as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can mount and give files away")


@pytest.fixture(params=SHELLS)
def node(request: pytest.FixtureRequest, tmp_path: Path) -> LocalNode:
    return make_node(tmp_path, request.param)


def life(node: LocalNode) -> None:
    """A file comes, changes and goes."""
    assert Written in kinds(carry_out(node, writing(node, WEB)))
    assert Written in kinds(carry_out(node, writing(node, NEXT, run="r2")))
    assert (node.folder / "web.yaml").read_text() == NEXT.text(2)
    assert Deleted in kinds(push(node, absent=("web.yaml",)))
    assert names(node.folder) == []
    assert lock_left(node) == []


def test_a_manifest_folder_that_is_a_link_is_followed_and_stays_one(node) -> None:
    real = node.root / "real" / "manifests"
    real.parent.mkdir()
    node.folder.rename(real)
    node.folder.symlink_to(real)
    assert Written in kinds(push(node, WEB))
    assert Written in kinds(push(node, NEXT))
    assert (real / "web.yaml").read_text() == NEXT.text(2)
    assert Deleted in kinds(push(node, absent=("web.yaml",)))
    assert node.folder.is_symlink()
    assert names(real) == []
    assert names(real.parent) == [".podwright", "manifests"], "its state lies beside the real folder"


@as_root
def test_a_folder_on_another_mount_than_its_state_is_like_any_other(node) -> None:
    with mounted(node.folder, "-t", "tmpfs", "-o", "size=1m,mode=755", "tmpfs"):
        assert node.folder.stat().st_dev != node.root.stat().st_dev
        life(node)


@as_root
def test_a_state_folder_on_another_mount_is_like_any_other(node) -> None:
    node.state.mkdir(parents=True)
    with mounted(node.state, "-t", "tmpfs", "-o", "size=1m,mode=755", "tmpfs"):
        life(node)


@as_root
@pytest.mark.parametrize("place", ["history", "history/web.yaml", "backups"])
def test_a_link_that_another_user_planted_in_the_state_is_not_written_through(node, place) -> None:
    carry_out(node, writing(node, WEB))
    target = node.root / "theirs"
    target.mkdir()
    os.chown(target, NOBODY, NOBODY)
    planted = node.state / place
    if planted.exists():
        shutil.rmtree(planted)
    planted.symlink_to(target)
    os.chown(planted, NOBODY, NOBODY, follow_symlinks=False)
    # the folder in which it could be planted
    planted.parent.chmod(0o777)
    assert only(carry_out(node, writing(node, NEXT, run="r2")), StepFailed).step == "untrusted"
    assert names(target) == []
    assert (node.folder / "web.yaml").read_text() == WEB.text(1)


def test_a_link_that_another_user_planted_for_a_staged_file_is_not_written_through(node) -> None:
    """Its name cannot be guessed; even if it were known, nothing is staged where others may write."""
    target = node.root / "theirs"
    target.write_text("theirs")
    (node.folder / f".podwright.{NONCE}.0.1").symlink_to(target)
    an_order = order(node, WEB)
    node.folder.chmod(0o1777)
    assert b" failed untrusted" in run(node.host, apply_program(an_order, NONCE), timeout=20).stdout
    assert target.read_text() == "theirs"
    assert not (node.folder / "web.yaml").exists()


@pytest.mark.parametrize("place", ["staged", "history"])
def test_a_quota_that_is_over_at_a_write_changes_nothing_and_says_so(node, place) -> None:
    if subprocess.run(["strace", "-f", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody trace system calls")
    carry_out(node, writing(node, WEB))
    an_order = writing(node, NEXT, run="r2")
    history = node.state / "history" / "web.yaml" / file_name(an_order.revisions[0])
    path = node.folder / f".podwright.{NONCE}.0.1" if place == "staged" else history
    shell = (shutil.which(node.host.shell[0]) or "", *node.host.shell[1:])
    strace = ("strace", "-f", "-qq", "-o", "/dev/null", "-P", str(path), "-e", "inject=write:error=EDQUOT")
    host = replace(node.host, shell=(*strace, *shell))
    said = run(host, apply_program(an_order, NONCE), timeout=30).stdout
    assert b"quota exceeded" in said.lower(), said
    assert b" written " not in said
    assert (node.folder / "web.yaml").read_text() == WEB.text(1)
    assert names(node.folder) == ["web.yaml"]
    assert lock_left(node) == []
