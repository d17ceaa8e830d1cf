"""A push that is to be confirmed: it confirms itself once all is proven, over a connection of its own; nothing else does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest
from tests.fakes.shell_host import stand_in
from tests.unit.operations.conftest import SETTINGS, FakeNode
from tests.unit.operations.test_failed_pod_rollback import kubelet_on
from tests.unit.operations.test_history_records import history
from tests.unit.operations.test_worker_tasks import Workers
from tests.unit.operations.test_worker_tasks import push as push_elsewhere
from tests.unit.remote.node.test_apply import until
from tests.unit.remote.node.test_switch import end_time_of, end_waiting

from podwright.errors import HostUnreachableError
from podwright.inventory.node import NodeSettings, StaticPod
from podwright.inventory.pod_settings import PodSettings
from podwright.operations.confirmation_time import to_confirm
from podwright.operations.desired import Restart, Rollback
from podwright.operations.push import converge_fleet
from podwright.operations.report import Outcome, Status
from podwright.operations.worker_tasks import work_on
from podwright.plan.expectations import WaitFor
from podwright.plan.history import Fate
from podwright.plan.run import Run
from podwright.remote.node.switch_pending import SYSTEMD

WEB = manifest()
BAD = manifest(image="example.com/web:bad")
LAZY = manifest(image="example.com/web:lazy")
WITHIN = replace(SETTINGS, confirm_within=60.0)


@pytest.fixture(autouse=True)
def _nothing_of_the_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Its systemd is left alone, and nothing goes on waiting."""
    monkeypatch.setitem(SYSTEMD, "systemd_dir", str(tmp_path / "no-systemd"))
    yield
    end_waiting(tmp_path)


def push(site: FakeNode, *desired, run: str = "r1", settings=WITHIN, **options) -> Outcome:
    world = replace(site.world, run=Run(run, "ada@desk"))
    report = converge_fleet("PushReport", (site.desired(*desired),), world, settings, **options)
    return report.nodes[0]


def waits(site: FakeNode) -> Path:
    return site.root / ".podwright" / "manifests" / "switch"


def switches(site: FakeNode) -> list[str]:
    folder = waits(site)
    return [path.name for path in folder.iterdir()] if folder.exists() else []


def test_what_is_proven_is_confirmed_over_a_connection_of_its_own(site) -> None:
    opened = []

    @contextmanager
    def connect(_):
        opened.append(switches(site))
        yield site.host

    site.world = replace(site.world, connect=connect)
    with kubelet_on(site):
        outcome = push(site, WEB)
    assert outcome.status is Status.CHANGED, outcome.problems
    assert opened == [[], ["r1"]], "the second one, while the node waited"
    assert switches(site) == []
    assert site.file() == WEB.text(1)


def test_a_node_that_cannot_be_reached_again_goes_back_by_itself(site) -> None:
    opened = []

    @contextmanager
    def connect(_):
        if opened:
            raise HostUnreachableError("n1: cannot connect")
        opened.append(1)
        yield site.host

    with kubelet_on(site):
        assert push(site, WEB, run="r0").status is Status.CHANGED
        site.world = replace(site.world, connect=connect)
        outcome = push(site, LAZY, settings=replace(WITHIN, wait_for=WaitFor.FILE))
        assert outcome.status is Status.FAILED
        [problem] = outcome.problems
        assert problem.message == "it is not confirmed, so it goes back by itself: cannot connect"
        assert problem.hint == "`podwright manifest confirm r1 -l n1` keeps it"
        end_time_of(waits(site) / "r1")
        until(lambda: site.file() == WEB.text(4))
    until(lambda: switches(site) == [])


def test_what_is_not_proven_is_not_confirmed_and_the_report_says_until_when(site) -> None:
    with kubelet_on(site):
        assert push(site, WEB, run="r0").status is Status.CHANGED
        within = replace(WITHIN, timeout=3)
        outcome = push(site, LAZY, settings=within)
        assert outcome.status is Status.FAILED
        told = (
            "`web.yaml` goes back by itself within 60 s unless it is confirmed;"
            " `podwright manifest confirm r1 -l n1` keeps it"
        )
        assert told in outcome.warnings
        assert "it goes back unless it is confirmed within 60 s, and may take" not in outcome.warnings[0]
        end_time_of(waits(site) / "r1")
        until(lambda: site.file() == WEB.text(4))
    assert history(site)[-1].fate is Fate.REVERTED


def test_what_failed_and_was_taken_back_needs_no_switch(site) -> None:
    with kubelet_on(site, BAD):
        assert push(site, WEB, run="r0").status is Status.CHANGED
        outcome = push(site, BAD)
    assert [one.proven for one in outcome.value.reverted] == [True], outcome.problems
    assert switches(site) == []


def test_what_stands_after_another_file_failed_and_was_taken_back_waits(site) -> None:
    with kubelet_on(site, BAD):
        assert push(site, WEB, run="r0").status is Status.CHANGED
        outcome = push(site, BAD, manifest("other"), settings=replace(WITHIN, timeout=8))
    assert outcome.failed
    assert [one.file_name for one in outcome.value.reverted] == ["web.yaml"]
    assert switches(site) == ["r1"]
    assert "`other.yaml` goes back by itself within 60 s unless it is confirmed" in outcome.warnings[-1]


def test_a_step_that_failed_on_the_node_leaves_no_switch(site) -> None:
    stand_in(site.host.bin, "mv", 'case "$*" in */web.yaml) exit 1 ;; esac; exec /bin/mv "$@"')
    outcome = push(site, WEB)
    assert (outcome.status, outcome.warnings) == (Status.FAILED, ())
    until(lambda: switches(site) == [])


def test_neither_a_dry_run_nor_a_refused_push_nor_one_without_a_change_confirms(site) -> None:
    with kubelet_on(site):
        push(site, WEB, run="r0")
        # as if its controller had been killed before it could confirm
        push(site, LAZY, settings=replace(WITHIN, timeout=2, rollback_on_failure=False))
    assert switches(site) == ["r1"]
    refused = push(site, WEB, run="r2")
    assert refused.status is Status.REFUSED
    [problem] = refused.problems
    assert "`web.yaml` is as the run r1 wrote it, which is not confirmed: it goes back by itself in" in str(
        problem
    )
    assert "`podwright manifest confirm r1` keeps it" in problem.hint
    dry = push(site, WEB, run="r2", dry_run=True)
    assert dry.status is Status.REFUSED
    same = push(site, LAZY, run="r2", settings=replace(WITHIN, timeout=2))
    assert any("is not confirmed" in warning for warning in same.warnings)
    assert switches(site) == ["r1"]
    assert site.file() == LAZY.text(2)


def test_the_manifests_own_time_counts_before_the_nodes(site) -> None:
    own = StaticPod("web", settings=PodSettings(confirm_within=30.0))
    node = replace(site.node, settings=NodeSettings(confirm_within=90.0), static_pods=(own,))
    settings = replace(SETTINGS, confirm_within=None)
    assert settings.confirm_within_for(node, "web.yaml") == 30
    assert settings.confirm_within_for(node, "other.yaml") == 90
    assert replace(settings, confirm_within=0.0).confirm_within_for(node, "web.yaml") == 0
    assert SETTINGS.confirm_within_for(site.node, "web.yaml") == 0


@pytest.mark.parametrize("before_it_confirmed", [True, False])
def test_a_change_that_is_found_done_is_confirmed(site, before_it_confirmed) -> None:
    """As Dask does one a second time if its worker was killed."""

    @contextmanager
    def nowhere(_):
        raise HostUnreachableError("n1: cannot connect")
        yield

    class Twice(Workers):
        def do(self, task: str, site: str) -> str:
            if json.loads(task)["prepared"] is not None:
                first = replace(self.world, reconnect=nowhere) if before_it_confirmed else self.world
                work_on(task, lambda _login, run: replace(first, run=run))
                left.extend(switches(node))
            return super().do(task, site)

    left: list[str] = []
    node, site.world = site, replace(site.world, run=Run("r1", "ada@desk"))
    with kubelet_on(site):
        outcome = push_elsewhere(site, Twice(site.world), settings=WITHIN)
    assert left == (["r1"] if before_it_confirmed else [])
    assert (outcome.status, outcome.value.applied) == (Status.UNCHANGED, ()), outcome.problems
    assert switches(site) == []
    assert site.file() == WEB.text(1)


def test_a_restart_is_nothing_to_confirm(site) -> None:
    with kubelet_on(site):
        push(site, WEB, run="r0")
        site.world = replace(site.world, run=Run("r1", "ada@desk"))
        restart = replace(site.desired(), from_node=Restart(("web.yaml",)))
        [outcome] = converge_fleet("RestartReport", (restart,), site.world, WITHIN).nodes
    assert outcome.status is Status.CHANGED, outcome.problems
    assert switches(site) == []
    assert to_confirm((), restart, WITHIN) == ()


def test_a_rollback_is_confirmed_as_a_push_is(site) -> None:
    with kubelet_on(site):
        push(site, LAZY, run="r0", settings=replace(WITHIN, wait_for=WaitFor.RUNNING))
        push(site, WEB, run="r1")
        back = replace(site.desired(), from_node=Rollback(("web.yaml",), to=1))
        settings = replace(WITHIN, timeout=3, confirm_within=60.0)
        world = replace(site.world, run=Run("r2", "ada@desk"))
        [outcome] = converge_fleet("RollbackReport", (back,), world, settings).nodes
    assert outcome.failed, "it never gets ready"
    assert switches(site) == ["r2"]
