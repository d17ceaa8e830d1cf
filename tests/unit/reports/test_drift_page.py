"""A drift check as a page: which cell says what."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, mirror, observation, plan_of, running, written

from podwright.operations.drift import NodeDrift
from podwright.operations.drift_evidence import Age
from podwright.operations.report import NodeResult, Report, Status
from podwright.plan.drift import Finding, drift
from podwright.plan.drift_excuses import Excused
from podwright.plan.health import Evidence, judge
from podwright.plan.history import Revision
from podwright.plan.observed import Unavailable
from podwright.plan.reasons import Drift, Excuse, because
from podwright.problem import Problem
from podwright.reports.drift_page import drift_page
from podwright.reports.page import NODE, Page, State

WEB = manifest()


def page_of(*results: NodeResult[NodeDrift]) -> Page:
    return drift_page(Report("DriftReport", results), (), lambda change: f"diff of {change.name}")


def checked(*files, mirror_pod=None, problems=(), more=()) -> NodeResult[NodeDrift]:
    look = observation(*files, pods=(running(WEB),) if files else ())
    plan = plan_of([WEB], (), look)
    evidence = Evidence(files[0].sha256 if files else None, look.pods, mirror_pod, look.clock)
    healths = tuple(judge(expectation, evidence) for expectation in plan.expectations)
    kept = () if plan.pending else healths
    findings = (*drift(plan, kept, look, ()), *more)
    return NodeResult("n1", Status.OBSERVED, NodeDrift(findings, healths, plan), problems)


def test_in_sync() -> None:
    page = page_of(checked(written(WEB), mirror_pod=mirror(WEB)))
    cell = page.rows[0].cells["web.yaml"]
    assert (page.state, page.verdict) == (State.WELL, "In sync: 1 node, nothing differs")
    assert (cell.words, cell.card.diff, cell.card.items) == ("in sync", "", ())
    assert [row[:2] for row in cell.card.evidence] == [("file", "yes"), ("sandbox", "yes"), ("mirror", "yes")]


def test_a_missing_file_has_its_diff_and_its_remedy() -> None:
    page = page_of(checked())
    cell = page.rows[0].cells["web.yaml"]
    assert (cell.state, cell.words, cell.card.diff) == (State.CRITICAL, "file-missing", "diff of web.yaml")
    assert cell.card.items[0].remedy == ("manifest", "push", "--diff", "--only=web")
    assert page.verdict == "1 finding on 1 of 1 node, 1 critical"


def test_what_is_found_of_a_pod_stands_with_its_file() -> None:
    page = page_of(checked(written(WEB), mirror_pod=mirror(WEB, uid="before")))
    assert page.rows[0].cells["web.yaml"].words == "mirror-stale"
    assert NODE not in page.rows[0].cells


def test_an_api_that_does_not_answer_is_unknown_never_in_sync() -> None:
    problem = Problem("the mirror could not be asked: no answer", node="n1")
    page = page_of(checked(written(WEB), mirror_pod=Unavailable("no answer"), problems=(problem,)))
    cells = page.rows[0].cells
    assert (cells["web.yaml"].state, cells["web.yaml"].words) == (State.UNKNOWN, "mirror unknown")
    assert cells[NODE].card.items[0].detail == "the mirror could not be asked: no answer"
    assert page.verdict == "No drift seen, but 1 of 1 node not fully checked"


def test_without_an_api_the_nodes_alone_are_relied_on() -> None:
    page = page_of(checked(written(WEB), mirror_pod=Unavailable("--no-api")))
    assert page.state is State.WELL


def test_what_is_of_no_file_is_the_nodes_own() -> None:
    open_folder = Finding("n1", Drift.FOLDER_OPEN, "/a b", because(Drift.FOLDER_OPEN, owner="0", mode="0777"))
    page = page_of(checked(written(WEB), mirror_pod=mirror(WEB), more=(open_folder,)))
    [item] = page.rows[0].cells[NODE].card.items
    assert (item.on_node, item.remedy) == (True, ("chmod", "go-w", "/a b"))


def test_the_worst_of_several_findings_stands_for_them() -> None:
    late = Finding("n1", Drift.POD_NOT_READY, "web.yaml", because(Drift.POD_NOT_READY))
    page = page_of(
        checked(written(WEB, mode="644"), more=(replace(late, reason=because(Drift.FILE_MISSING)),))
    )
    assert page.rows[0].cells["web.yaml"].words == "pod-not-ready +1"


@pytest.mark.parametrize("status", [Status.UNREACHABLE, Status.FAILED])
def test_a_node_that_could_not_be_observed_is_blind(status: Status) -> None:
    problem = Problem("timed out", "is the node up?", node="n2")
    page = page_of(
        checked(written(WEB), mirror_pod=mirror(WEB)), NodeResult("n2", status, NodeDrift(), (problem,))
    )
    assert (page.rows[1].blind, page.rows[1].state) == (True, State.UNKNOWN)


def test_what_does_not_count_is_neither_drift_nor_in_sync() -> None:
    result = checked()
    [finding] = result.value.findings
    waived = Excused(finding, because(Excuse.WAIVED, until="2027-01-31", reason="INC-42"))
    page = page_of(replace(result, value=replace(result.value, findings=(), excused=(waived,))))
    cell = page.rows[0].cells["web.yaml"]
    assert (cell.state, cell.words) == (State.WAIVED, "waived: file-missing")
    assert "INC-42" in cell.card.items[0].hint
    assert page.verdict == "In sync: 1 node, 1 excused, nothing else differs"


def test_a_kind_that_is_ignored_is_not_called_in_sync() -> None:
    result = checked()
    page = page_of(replace(result, value=replace(result.value, findings=())))
    cell = page.rows[0].cells["web.yaml"]
    assert (cell.state, cell.words) == (State.EXCUSED, "ignored")


def test_changes_that_differ_in_names_alone_are_compared_once() -> None:
    made = []
    results = [replace(checked(), node=f"n{number}") for number in range(3)]
    drift_page(Report("DriftReport", tuple(results)), (), lambda change: made.append(change.name) or "diff")
    assert made == ["web.yaml"]


def test_diffs_beyond_a_bound_are_left_to_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("podwright.reports.drift_page.MOST_DIFFS", 0)
    assert "podwright manifest diff" in page_of(checked()).rows[0].cells["web.yaml"].card.diff


def test_how_old_it_is_and_who_changed_it_last_stand_with_a_problem() -> None:
    last = Revision(
        "web.yaml",
        3,
        b"",
        "d1",
        who="kim@ops1",
        when="2026-11-30 12:55 UTC",
        run="r1",
        command="manifest push",
        why="INC-42",
    )
    problem, well = (
        replace(one, value=replace(one.value, changes=(last,)))
        for one in (checked(), checked(written(WEB), mirror_pod=mirror(WEB)))
    )
    problem = replace(
        problem, value=replace(problem.value, ages=(Age("web.yaml", 90.0, 7200.0), Age("x.yaml")))
    )
    said = ("last change", "", "kim@ops1, manifest push, run r1, 2026-11-30 12:55 UTC: INC-42")
    assert page_of(problem).rows[0].cells["web.yaml"].card.evidence[-2:] == (
        ("age", "", "the file was written 90s ago, its pod started 2h ago"),
        said,
    )
    assert said not in page_of(well).rows[0].cells["web.yaml"].card.evidence
