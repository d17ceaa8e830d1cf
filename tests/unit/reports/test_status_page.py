"""What runs as a page: how each pod stands, and what says so."""

from __future__ import annotations

import pytest

from podwright.operations.report import NodeResult, Report, Status
from podwright.operations.status import NodeStatus, PodStatus
from podwright.problem import Problem
from podwright.reports.page import NODE, Page, State
from podwright.reports.status_page import status_page


def pod(sandbox: str = "running 1/1", mirror: str = "Ready", **more: object) -> PodStatus:
    given = {"runs": True, "shown": True, "generation": 3, **more}
    return PodStatus("n1", "web.yaml", "default/web-n1", "podwright", sandbox=sandbox, mirror=mirror, **given)


def page_of(*results: NodeResult[NodeStatus], without_api: bool = False) -> Page:
    return status_page(Report("ManifestStatus", results), (), without_api=without_api)


def of(one: PodStatus, **more: object) -> NodeResult[NodeStatus]:
    return NodeResult("n1", Status.OBSERVED, NodeStatus("/f", "running", (one,)), **more)


@pytest.mark.parametrize(
    ("one", "without_api", "state", "words"),
    [
        (pod(), False, State.WELL, "running 1/1"),
        (pod("crash-looping", runs=False), False, State.CRITICAL, "crash-looping"),
        (pod("unknown: no crictl", runs=None), False, State.UNKNOWN, "unknown: no crictl"),
        (pod(mirror="missing", shown=False), False, State.DRIFT, "mirror: missing"),
        (pod(mirror="unknown: no answer", shown=None), False, State.UNKNOWN, "mirror unknown: no answer"),
        (pod(mirror="unknown: --no-api", shown=None), True, State.WELL, "running 1/1"),
        (pod(orphaned=True), False, State.DRIFT, "orphaned"),
    ],
)
def test_how_a_pod_stands(one: PodStatus, without_api: bool, state: State, words: str) -> None:
    cell = page_of(of(one), without_api=without_api).rows[0].cells["web.yaml"]
    assert (cell.state, cell.words) == (state, words)


def test_an_age_is_on_the_card_of_a_problem_only() -> None:
    """Otherwise no two cells of a large fleet would share a card."""
    well = page_of(of(pod(age=90.0))).rows[0].cells["web.yaml"].card
    down = page_of(of(pod("crash-looping", runs=False, age=90.0, restarts=7))).rows[0].cells["web.yaml"].card
    assert "90s" not in str(well)
    assert down.evidence[1] == ("sandbox", "crash-looping", "restarts: 7, age: 90s")
    assert down.items[0].remedy == ("manifest", "logs", "web")


def test_a_node_that_could_not_be_observed() -> None:
    problem = Problem("timed out", node="n2")
    page = page_of(of(pod()), NodeResult("n2", Status.UNREACHABLE, NodeStatus(), (problem,)))
    assert page.verdict == "1 of 1 pod well on 2 nodes; 1 node not observed"
    assert (page.rows[1].blind, page.rows[1].cells[NODE].words) == (True, "not-checked")
