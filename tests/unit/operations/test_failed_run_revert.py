"""What a run did on a node goes back to what lay there before it, proven, although nothing is wrong with it there."""

from __future__ import annotations

from tests.fakes.copies import replace
from tests.unit.operations.conftest import SETTINGS, FakeNode
from tests.unit.operations.test_failed_pod_rollback import BAD, WEB, kubelet_on
from tests.unit.operations.test_history_records import history

from podwright.operations.desired import Desired, Withdraw
from podwright.operations.failed_run_revert import standing, withdrawn
from podwright.operations.prepare import prepare
from podwright.operations.push import converge_fleet
from podwright.operations.remove import nothing_desired
from podwright.operations.report import Outcome, Reverted, Status
from podwright.plan.history import Fate
from podwright.plan.run import Run


def in_run(site: FakeNode, run: str, *desired: Desired) -> tuple[Outcome, object]:
    """What the run came to on the node, and what it had prepared."""
    site.world = replace(site.world, run=Run(run, "ada@desk"))
    with kubelet_on(site), site.world.connect(site.node) as host:
        prepared = prepare(desired[0], host, site.world, SETTINGS)
        [outcome] = converge_fleet("PushReport", desired, site.world, SETTINGS).nodes
    return outcome, prepared


def taken_back(site: FakeNode, outcome: Outcome, prepared) -> Outcome:
    with kubelet_on(site):
        return withdrawn(prepared, outcome, site.world, SETTINGS)


def test_a_good_update_goes_back_and_is_not_refused_later(site: FakeNode) -> None:
    in_run(site, "r1", site.desired(WEB))
    back = taken_back(site, *in_run(site, "r2", site.desired(BAD)))
    assert (back.status, back.value.reverted) == (Status.FAILED, (Reverted("web.yaml", 1, proven=True),))
    assert back.problems[-1].message == "`web.yaml` was taken back: the run failed elsewhere"
    assert "web:1" in (site.file() or "")
    assert [one.fate for one in history(site)] == [Fate.GOOD, Fate.WITHDRAWN, Fate.GOOD]
    assert in_run(site, "r3", site.desired(BAD))[0].status is Status.CHANGED


def test_what_the_run_created_is_removed_and_what_it_removed_is_back(site: FakeNode) -> None:
    back = taken_back(site, *in_run(site, "r1", site.desired(WEB)))
    assert (site.file(), back.value.reverted) == (None, (Reverted("web.yaml", None, proven=True),))
    in_run(site, "r2", site.desired(WEB))
    outcome, prepared = in_run(site, "r3", *nothing_desired((site.node,), ("web.yaml",)))
    assert site.file() is None
    assert standing(outcome) == ("web.yaml",)
    assert taken_back(site, outcome, prepared).value.reverted[0].proven
    assert "web:1" in (site.file() or "")


def test_what_the_run_created_goes_although_there_was_such_a_file_once(site: FakeNode) -> None:
    in_run(site, "r1", site.desired(WEB))
    in_run(site, "r2", *nothing_desired((site.node,), ("web.yaml",)))
    back = taken_back(site, *in_run(site, "r3", site.desired(BAD)))
    assert (site.file(), back.value.reverted) == (None, (Reverted("web.yaml", None, proven=True),))


def test_what_another_run_wrote_since_stays(site: FakeNode) -> None:
    in_run(site, "r1", site.desired(WEB))
    outcome, prepared = in_run(site, "r2", site.desired(BAD))
    in_run(site, "r3", site.desired(WEB))
    site.world = replace(site.world, run=Run("r2", "ada@desk"))
    before = site.file()
    back = taken_back(site, outcome, prepared)
    assert "`web.yaml` was written since, by the run r3" in back.problems[-1].message
    assert (site.file(), back.value.reverted) == (before, ())


def test_what_a_node_took_back_itself_does_not_stand(site: FakeNode) -> None:
    with kubelet_on(site, BAD):
        converge_fleet("PushReport", (site.desired(WEB),), site.world, SETTINGS)
        [outcome] = converge_fleet("PushReport", (site.desired(BAD),), site.world, SETTINGS).nodes
    assert (outcome.value.reverted[0].proven, standing(outcome)) == (True, ())


def test_a_run_that_wrote_nothing_leaves_the_node_as_it_is(site: FakeNode) -> None:
    in_run(site, "r1", site.desired(WEB))
    before = site.file()
    with kubelet_on(site), site.world.connect(site.node) as host:
        plan = prepare(Desired(site.node, from_node=Withdraw("r9")), host, site.world, SETTINGS).plan
    assert (plan.pending, site.file()) == ((), before)
