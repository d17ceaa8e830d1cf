"""The locks of nodes, shown and broken."""

from __future__ import annotations

import pytest
from tests.unit.operations.test_converge import leave_lock

from podwright.errors import PodwrightError
from podwright.operations.locks import break_lock, show_locks
from podwright.operations.report import Status


def test_a_node_without_a_lock_has_none_to_break(site) -> None:
    [shown] = show_locks((site.node,), site.world, forks=1).nodes
    assert (shown.status, shown.value.lock) == (Status.OBSERVED, None)
    with pytest.raises(PodwrightError, match="no chosen node has a lock `theirs`"):
        break_lock((site.node,), site.world, "theirs", "it hangs", forks=1)
    assert not (site.root / ".podwright").exists()


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
