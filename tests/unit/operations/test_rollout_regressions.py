"""A node that was proven and then failed: whatever shows it, its outcome and its history say so."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import WEB_ON_N1, mirror
from tests.unit.operations.conftest import SETTINGS, FakeNode, sandbox
from tests.unit.operations.test_failed_pod_rollback import WEB, kubelet_on
from tests.unit.operations.test_history_records import history

from podwright.errors import HostUnreachableError
from podwright.operations.prepare import prepare
from podwright.operations.push import converge_fleet
from podwright.operations.report import Outcome, Status
from podwright.operations.rollout_regressions import Regressions
from podwright.plan.history import Fate


@pytest.fixture
def done(site: FakeNode) -> tuple[Regressions, Outcome]:
    with site.world.connect(site.node) as host:
        prepared = prepare(site.desired(WEB), host, site.world, SETTINGS)
    with kubelet_on(site):
        [outcome] = converge_fleet("PushReport", (site.desired(WEB),), site.world, SETTINGS).nodes
    assert outcome.status is Status.CHANGED
    return Regressions({"n1": prepared}, site.world, SETTINGS), outcome


def test_a_pod_that_stays_as_it_is_has_not_regressed(site: FakeNode, done) -> None:
    regressions, outcome = done
    assert regressions.found((outcome,), soak=0.5) == ()
    assert [one.fate for one in history(site)] == [Fate.GOOD]


def test_a_restart_is_a_failure_of_what_was_good(site: FakeNode, done) -> None:
    regressions, outcome = done
    assert regressions.found((outcome,)) == ()
    site.show(sandbox(WEB, uid="u1", attempt=1))
    [failed] = regressions.found((outcome,))
    assert (failed.status, failed.problems[-1].message) == (
        Status.FAILED,
        "`default/web-n1` was proven, and then restarted",
    )
    [kept] = history(site)
    assert (kept.fate, "and then restarted" in kept.proof) == (Fate.REGRESSED, True)


def test_a_pod_that_is_not_ready_for_a_while_ends_the_watch_early(site: FakeNode, done) -> None:
    regressions, outcome = done
    assert regressions.found((outcome,)) == ()
    site.mirrors.pods[WEB_ON_N1] = replace(mirror(WEB, uid="u1"), ready=False)
    seen, see = [], site.mirrors.see

    def ready_when_looked_at_in_the_end(ref, *, fresh=False):
        seen.append(ref)
        return replace(see(ref, fresh=fresh), ready=len(seen) < 3 or fresh)

    site.mirrors.see = ready_when_looked_at_in_the_end
    [failed] = regressions.found((outcome,), soak=600.0)
    assert failed.problems[-1].message == "`default/web-n1` was proven, and then was not Ready"


def test_a_node_that_cannot_be_checked_has_failed(site: FakeNode, done) -> None:
    regressions, outcome = done

    def unreachable(_node):
        raise HostUnreachableError("n1: cannot connect")

    regressions._world = replace(site.world, connect=unreachable)
    [failed] = regressions.found((outcome,))
    assert failed.problems[-1].message == "it was proven, and then could not be checked"
