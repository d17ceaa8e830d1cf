"""A drift check leaves a node as it is: under a login that may write nothing, at rest and while a push is under way."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Collection
from contextlib import contextmanager
from dataclasses import replace as replaced
from pathlib import Path

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest
from tests.unit.operations.conftest import SETTINGS, FakeNode
from tests.unit.operations.test_drift import snapshot
from tests.unit.remote.node.test_apply import until

from podwright.manifests.manifest import Manifest
from podwright.operations.drift import NodeDrift, check_drift
from podwright.operations.push import converge_fleet
from podwright.operations.report import Report, Status

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
NOBODY = 65534
#: a push that waits for checks
LONG = replace(SETTINGS, timeout=90)
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
    def push(desired: Manifest, generation: int, checks: Collection[object] = (1, 2)) -> set[str]:
        """What a push changes on the node, and in what it keeps there; its pod runs after two checks."""

        def start() -> None:
            until(lambda: len(checks) > 1)
            site.runs(desired, uid=f"u{generation}", generation=generation)

        before = everything(site)
        with site.when_written(desired.text(generation), start):
            [outcome] = converge_fleet("PushReport", (site.desired(desired),), site.world, LONG).nodes
        assert outcome.status is Status.CHANGED, outcome.problems
        return changed(before, everything(site))

    site.place(NEWER)
    site.runs(NEWER)
    push(WEB, 2)
    alone = push(NEWER, 3)
    over, checks = threading.Event(), []

    def check() -> None:
        while not over.is_set():
            checks.append(nobody())

    thread = threading.Thread(target=check)
    thread.start()
    try:
        beside = push(WEB, 4, checks)
    finally:
        over.set()
        thread.join()
    assert beside == alone
