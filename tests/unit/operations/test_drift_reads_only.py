"""A drift check leaves a node as it is: under a login that may write nothing, at rest and while a push is under way."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace as replaced
from pathlib import Path

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest
from tests.unit.operations.conftest import SETTINGS, FakeNode
from tests.unit.operations.test_drift import snapshot

from podwright.operations.drift import NodeDrift, check_drift
from podwright.operations.push import converge_fleet
from podwright.operations.report import Report

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
NOBODY = 65534
WEB, NEWER = manifest(), manifest(image="example.com/web:2")


@pytest.fixture
def nobody(site: FakeNode) -> Callable[[], Report[NodeDrift]]:
    """A check by a login that may read what all may read, and write nothing."""
    for path in (site.root, *site.root.parents[:3], site.host.bin):
        path.chmod(path.stat().st_mode | 0o055)
    host = replaced(site.host, user=NOBODY)

    @contextmanager
    def connect(_):
        yield host

    world = replace(site.world, connect=connect)
    return lambda: check_drift((site.desired(WEB),), world, SETTINGS)


def everything(site: FakeNode) -> dict[str, tuple[object, ...]]:
    """Of the manifest folder, of what podwright keeps, and of the kubelet's."""
    state = site.root / ".podwright"
    found = snapshot(state) if state.exists() else {}
    return found | snapshot(site.folder) | snapshot(site.root / "kubelet")


def changed(before: dict, after: dict) -> set[str]:
    """Without the times and the nonces in names."""
    paths = (path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    return {re.sub(r"[0-9a-f]{8,}", "#", Path(path).name) for path in paths}


def test_a_login_that_may_write_nothing_checks_and_leaves_every_inode_time_and_byte(
    site: FakeNode, nobody: Callable[[], Report[NodeDrift]]
) -> None:
    site.place(NEWER)
    (site.folder / "web.yaml").chmod(0o644)
    before = everything(site)
    report = nobody()
    assert everything(site) == before
    [result] = report.nodes
    assert [finding.drift.value for finding in result.value.findings][:1] == ["file-changed"]


def test_while_a_push_is_under_way_nothing_changes_but_what_the_push_writes(
    site: FakeNode, nobody: Callable[[], Report[NodeDrift]]
) -> None:
    def push() -> set[str]:
        """What a push changes on the node, and in what it keeps there."""
        site.place(NEWER)
        site.runs(NEWER)
        before = everything(site)
        with site.when_written(WEB.text(2), lambda: site.runs(WEB, uid="u2", generation=2)):
            converge_fleet("PushReport", (site.desired(WEB),), site.world, SETTINGS)
        return changed(before, everything(site))

    push()
    alone = push()
    over, checks = threading.Event(), []

    def check() -> None:
        while not over.is_set():
            checks.append(nobody())

    thread = threading.Thread(target=check)
    thread.start()
    try:
        beside = push()
    finally:
        over.set()
        thread.join()
    assert len(checks) > 1
    assert beside == alone
