"""What a node's history holds of a run is shown, and that nobody is to go on with it is kept there."""

from __future__ import annotations

from tests.fakes.copies import replace
from tests.fakes.nouns import manifest
from tests.unit.operations.conftest import FakeNode
from tests.unit.operations.test_converge import FILE_ONLY, converge

from podwright.errors import HostUnreachableError
from podwright.operations.report import Status
from podwright.operations.run_progress import FileProgress, RunOnNode, show_run
from podwright.plan.run_progress import Progress

WEB = manifest()


def shown(site: FakeNode, run: str = "r1", **options) -> RunOnNode:
    [result] = show_run((site.node,), run, site.world, forks=1, **options).nodes
    assert not result.problems
    return result.value


def test_a_run_is_as_far_as_its_files(site: FakeNode) -> None:
    assert shown(site) == RunOnNode(Progress.NOT_REACHED)
    converge(site, site.desired(WEB), FILE_ONLY)
    assert shown(site) == RunOnNode(Progress.WRITTEN, (FileProgress("web.yaml", Progress.WRITTEN),))
    assert shown(site, "r2") == RunOnNode(Progress.NOT_REACHED)


def test_an_aborted_run_stays_so_and_another_does_not(site: FakeNode) -> None:
    assert shown(site, abort=True).aborted
    assert shown(site).aborted
    assert not shown(site, "r2").aborted
    converge(site, site.desired(WEB), FILE_ONLY)
    assert shown(site).aborted


def test_a_node_that_cannot_be_reached_is_not_known(site: FakeNode) -> None:
    def connect(node):
        raise HostUnreachableError("n1: cannot connect")

    [result] = show_run((site.node,), "r1", replace(site.world, connect=connect), forks=1).nodes
    assert (result.status, result.value.progress) == (Status.UNREACHABLE, None)


def test_a_history_that_cannot_be_written_aborts_nothing(site: FakeNode) -> None:
    converge(site, site.desired(WEB), FILE_ONLY)
    history = site.folder.parent / ".podwright" / site.folder.name / "history"
    (history / ".aborted").write_text("in the way")
    [result] = show_run((site.node,), "r1", site.world, forks=1, abort=True).nodes
    assert "the run is not aborted there: its history cannot be written" in result.problems[0].message
