"""A second write of an earlier run between our observation and our write."""

from __future__ import annotations

import pytest
from tests.fakes.nouns import manifest
from tests.unit.operations.conftest import FakeNode

from podwright.operations.push import converge_fleet
from podwright.operations.report import Outcome, Status
from podwright.operations.world import Settings

WEB, NEW = manifest(), manifest(image="example.com/new:2")


def push(site: FakeNode, meanwhile) -> Outcome:
    """Push NEW while WEB lies there; `meanwhile` happens after the observation."""
    site.place(WEB)

    def confirm(_plans, _rollout) -> bool:
        meanwhile()
        return True

    desired = (site.desired(NEW),)
    settings = Settings(timeout=5, hold=0.1, without_api=True)
    with site.when_written(NEW.text(3), lambda: site.runs(NEW, uid="u2", generation=3)):
        return converge_fleet("PushReport", desired, site.world, settings, confirm=confirm).nodes[0]


def test_a_second_write_that_comes_meanwhile_is_observed_once_more_and_written_over(site: FakeNode) -> None:
    (site.folder / ".podwright.web.yaml").write_text("what is still to be written")
    outcome = push(site, lambda: site.place(WEB, generation=2))
    assert (outcome.status, site.file()) == (Status.CHANGED, NEW.text(3)), outcome.problems


@pytest.mark.parametrize("pending", [True, False], ids=["other content", "nothing pending"])
def test_another_change_that_comes_meanwhile_is_not_written_over(site: FakeNode, pending: bool) -> None:
    if pending:
        (site.folder / ".podwright.web.yaml").write_text("what is still to be written")
    other = manifest(image="example.com/other:3") if pending else WEB
    outcome = push(site, lambda: site.place(other, generation=2))
    assert (outcome.status, site.file()) == (Status.FAILED, other.text(2))
    assert "changed between the observation and the write" in outcome.problems[0].message
