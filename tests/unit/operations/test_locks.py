"""The locks of nodes, shown and broken."""

from __future__ import annotations

import os

import pytest
from tests.fakes.copies import replace
from tests.fakes.kubelets import show_processes
from tests.unit.operations.test_converge import FILE_ONLY, WEB, leave_lock

from podwright.errors import PodwrightError
from podwright.inventory.node import NodeSettings
from podwright.operations.desired import Desired
from podwright.operations.locks import break_lock, show_locks
from podwright.operations.prepare import prepare
from podwright.operations.report import Status
from podwright.reports.locks import lock_rows, locks_document


def test_a_node_without_a_lock_has_none_to_break(site) -> None:
    [shown] = show_locks((site.node,), site.world, forks=1).nodes
    assert (shown.status, shown.value.lock) == (Status.OBSERVED, None)
    with pytest.raises(PodwrightError, match="no chosen node has a lock `theirs`"):
        break_lock((site.node,), site.world, "theirs", "it hangs", forks=1)
    assert not (site.root / ".podwright").exists()


def test_a_kubeadm_that_runs_is_a_lock_that_nobody_breaks(site) -> None:
    show_processes(site.host.proc, [os.getpid()], "kubeadm")
    report = show_locks(
        (replace(site.node, settings=NodeSettings(manifest_dir=str(site.folder))),), site.world, forks=1
    )
    owner = locks_document(report)["nodes"][0]["lock"]["owner"]
    assert owner.startswith(f"kubeadm (pid {os.getpid()}, for ")
    assert lock_rows(report)[1][-1] == "with its process"
    [result] = break_lock((site.node,), site.world, "kubeadm", "it hangs", forks=1).nodes
    assert result.status is Status.FAILED
    assert "kubeadm runs on the node" in result.problems[0].message


def test_a_broken_lock_is_gone_and_another_runs_stays(site) -> None:
    leave_lock(site)
    with pytest.raises(PodwrightError):
        break_lock((site.node,), site.world, "mine", "it hangs", forks=1)
    [shown] = show_locks((site.node,), site.world, forks=1).nodes
    assert shown.value.lock
    assert shown.value.lock.id == "theirs"
    [broken] = break_lock((site.node,), site.world, "theirs", "it hangs", forks=1).nodes
    assert (broken.status, broken.problems) == (Status.CHANGED, ()), broken.problems
    [shown] = show_locks((site.node,), site.world, forks=1).nodes
    assert shown.value.lock is None


@pytest.mark.parametrize("whose", ["kubeadm (pid", "grace@laptop"])
def test_a_dry_run_tells_who_would_be_in_the_way(site, whose) -> None:
    if "kubeadm" in whose:
        show_processes(site.host.proc, [os.getpid()], "kubeadm")
    else:
        leave_lock(site)
    trying = replace(FILE_ONLY, dry_run=True)
    node = replace(site.node, settings=NodeSettings(manifest_dir=str(site.folder)))
    told = prepare(Desired(node, (WEB,)), site.host, site.world, trying)
    assert told.stopped is None
    assert f"nothing can be written now: {whose}" in told.warnings[-1]
    unchanged = prepare(Desired(node), site.host, site.world, trying)
    written = prepare(Desired(node, (WEB,)), site.host, site.world, FILE_ONLY)
    assert "has the lock" not in str((*unchanged.warnings, *written.warnings))
