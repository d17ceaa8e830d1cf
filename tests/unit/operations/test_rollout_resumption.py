"""A run is gone on with by what the nodes hold of it: what is done is proven again, and recorded as good."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.etcd import await_true
from tests.fakes.nouns import manifest, observation
from tests.unit.operations.conftest import SETTINGS, FakeNode
from tests.unit.operations.test_failed_pod_rollback import BAD, WEB, kubelet_on
from tests.unit.operations.test_history_records import history

from podwright.errors import UsageError
from podwright.inventory.node import Connection, Node
from podwright.operations.desired import Desired
from podwright.operations.prepare import Prepared
from podwright.operations.push import converge_fleet
from podwright.operations.report import Report, Status
from podwright.operations.rollout_resumption import progress_in_words, resumed
from podwright.plan.history import Fate, Revision
from podwright.plan.run import Resumption, Run
from podwright.plan.stages import Plan


def node(name: str, *fates: Fate, run: str = "r1", **seen) -> Prepared:
    kept = tuple(Revision("web.yaml", at, b"", f"{at}", run=run, fate=fate) for at, fate in enumerate(fates))
    desired = Desired(Node(name, Connection("127.0.0.1")), (manifest(),))
    return Prepared(desired, observation(history=kept, **seen), Plan(name))


FLEET = (node("n1", Fate.GOOD), node("n2", Fate.FAILED), node("n3"))


def test_what_failed_is_told_apart_from_what_was_never_reached() -> None:
    warned = {plan.plan.node: plan.warnings for plan in resumed(FLEET, Resumption("r1"))}
    assert warned == {"n1": (), "n2": ("the run r1: it failed there before",), "n3": ()}
    assert progress_in_words(FLEET, "r1") == ("the run r1 before this; failed: n2; done: n1; not reached: n3")


def test_a_run_that_neither_a_node_nor_the_journal_knows_is_refused() -> None:
    with pytest.raises(UsageError, match="no chosen node has anything of a run r9"):
        tuple(resumed(FLEET, Resumption("r9")))
    assert tuple(resumed(FLEET, Resumption("r9", known=True))) == FLEET


def test_an_aborted_run_is_refused() -> None:
    with pytest.raises(UsageError, match="the run r1 was aborted, says n4"):
        tuple(resumed((*FLEET, node("n4", aborted=("r1",))), Resumption("r1", known=True)))


def resume(site: FakeNode, run: str, desired) -> Report:
    site.world = replace(site.world, run=Run(run, "ada@desk"))
    with kubelet_on(site):
        return converge_fleet(
            "PushReport", (site.desired(desired),), site.world, replace(SETTINGS, resumes=Resumption(run))
        )


def test_what_was_written_and_not_proven_is_proven_without_a_write(site: FakeNode) -> None:
    from tests.unit.operations.test_converge import FILE_ONLY, converge

    with kubelet_on(site):
        converge(site, site.desired(WEB), FILE_ONLY)
        # the push did not wait for the pod, which the second one is to find
        await_true(lambda: bool(site.mirrors.pods), 20)
    assert [one.fate for one in history(site)] == [Fate.WRITTEN]
    before = site.file()
    report = resume(site, "r1", WEB)
    assert [one.status for one in report.nodes] == [Status.UNCHANGED]
    assert site.file() == before
    assert [(one.fate, one.proof) for one in history(site)] == [(Fate.GOOD, "file, sandbox, mirror")]
    assert "the run r1 before this; written, not proven: n1" in report.notes


def test_what_another_run_wrote_stays_as_that_left_it(site: FakeNode) -> None:
    resume_with = replace(SETTINGS, resumes=Resumption("r1", known=True))
    with kubelet_on(site):
        site.world = replace(site.world, run=Run("r1", "ada@desk"))
        converge_fleet("PushReport", (site.desired(WEB),), site.world, SETTINGS)
        site.world = replace(site.world, run=Run("r2", "ada@desk"))
        converge_fleet("PushReport", (site.desired(BAD),), site.world, SETTINGS)
        [outcome] = converge_fleet("PushReport", (site.desired(BAD),), site.world, resume_with).nodes
    assert outcome.status is Status.UNCHANGED
    assert "the run r1: another run has written there since" in outcome.warnings
