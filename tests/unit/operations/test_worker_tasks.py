"""Work that another process does: what travels, what comes back, and what a lost worker costs."""

from __future__ import annotations

import json
from contextlib import contextmanager

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest
from tests.unit.operations.conftest import SETTINGS

from podwright.errors import HostUnreachableError, PodwrightError
from podwright.operations.push import converge_fleet
from podwright.operations.report import Status
from podwright.operations.worker_tasks import Elsewhere, LostWorkerError, answer_in, work_on
from podwright.plan.expectations import WaitFor
from podwright.secret import Secret

WEB = manifest()
FILE_ONLY = replace(SETTINGS, wait_for=WaitFor.FILE)


class Workers:
    """Does each task in this process, on the node of the test; is lost before (or after) it, as often as told."""

    def __init__(self, world, *, lost: int = 0, after: bool = False) -> None:
        self.world, self.lost, self.after = world, lost, after
        self.sites: list[str] = []

    def do(self, task: str, site: str) -> str:
        self.sites.append(site)
        changes = json.loads(task)["prepared"] is not None
        if changes and self.after:
            work_on(task, lambda _login, run: replace(self.world, run=run))
        if self.lost and changes == self.after:
            self.lost -= 1
            raise LostWorkerError
        return work_on(task, lambda _login, run: replace(self.world, run=run))


def push(site, workers, desired=None, settings=FILE_ONLY):
    elsewhere = Elsewhere(workers, "login", site.world.run)
    wanted = (desired or site.desired(WEB),)
    return converge_fleet("PushReport", wanted, site.world, settings, elsewhere=elsewhere).nodes[0]


def test_what_workers_do_is_what_the_run_would_have_done(site) -> None:
    outcome = push(site, Workers(site.world))
    assert (outcome.status, [entry.what for entry in outcome.value.applied]) == (Status.CHANGED, ["written"])
    assert site.file() == WEB.text(1)


def test_a_node_of_a_site_is_for_its_workers(site) -> None:
    workers = Workers(site.world)
    desired = site.desired(WEB)
    node = replace(desired.node, settings=replace(desired.node.settings, site="eu"))
    push(site, workers, replace(desired, node=node))
    assert workers.sites == ["eu", "eu"]


@pytest.mark.parametrize(("lost", "status"), [(2, Status.CHANGED), (3, Status.FAILED)])
def test_to_observe_a_node_is_tried_again(site, lost, status) -> None:
    assert push(site, Workers(site.world, lost=lost)).status is status


def test_a_change_whose_worker_was_lost_is_unknown_and_not_made_again(site) -> None:
    workers = Workers(site.world, lost=1, after=True)
    outcome = push(site, workers)
    assert outcome.status is Status.FAILED
    assert "the node's state is unknown" in outcome.problems[0].message
    assert (len(workers.sites), site.file()) == (2, WEB.text(1))


def test_a_task_that_is_done_twice_looks_before_it_writes(site) -> None:
    """As Dask does with those of a worker that was killed."""
    with site.when_written(WEB.text(1), lambda: site.runs(WEB)):
        outcome = push(site, Workers(site.world, after=True), settings=SETTINGS)
    assert (outcome.status, outcome.value.applied, site.file()) == (Status.UNCHANGED, (), WEB.text(1))
    assert "was found done" in outcome.warnings[-1]


def test_a_node_that_cannot_be_reached_from_there_is_unreachable(site) -> None:
    @contextmanager
    def nowhere(_node):
        raise HostUnreachableError("n1: cannot connect")
        yield

    outcome = push(site, Workers(replace(site.world, connect=nowhere)))
    assert (outcome.status, outcome.problems[0].message) == (Status.UNREACHABLE, "cannot connect")


def test_a_password_does_not_travel(site) -> None:
    desired = site.desired(WEB)
    connection = replace(desired.node.connection, password=Secret("hunter22"))
    outcome = push(
        site, Workers(site.world), replace(desired, node=replace(desired.node, connection=connection))
    )
    assert outcome.status is Status.FAILED
    assert "a secret does not travel" in outcome.problems[0].message
    assert "hunter22" not in str(outcome)


def test_the_other_nodes_of_the_site_do_not_travel_without_a_guard(site) -> None:
    other = replace(
        site.node, name="n2", connection=replace(site.node.connection, password=Secret("hunter22"))
    )
    settings = replace(FILE_ONLY, site_nodes=(site.node, other))
    assert push(site, Workers(site.world), settings=settings).status is Status.CHANGED


@pytest.mark.parametrize("text", ["", "[]", '{"value": {"type": "Nothing", "value": 1}}', '{"value": 3}'])
def test_an_answer_that_cannot_be_read_is_an_error(text) -> None:
    with pytest.raises(PodwrightError, match="the worker answered what cannot be read"):
        answer_in(text)


def test_a_worker_of_another_version_says_so_and_one_that_fails_too(site) -> None:
    workers = Workers(site.world)
    seen: list[str] = []
    workers.do = lambda task, _site: seen.append(task) or "{}"  # type: ignore[method-assign]
    push(site, workers)
    older = {**json.loads(seen[0]), "version": "0.0.1"}
    with pytest.raises(PodwrightError, match=r"the worker has podwright .*, not 0\.0\.1"):
        answer_in(work_on(json.dumps(older), lambda _login, _run: site.world))
    with pytest.raises(PodwrightError, match="the worker could not do it"):
        answer_in(work_on("nonsense", lambda _login, _run: site.world))
