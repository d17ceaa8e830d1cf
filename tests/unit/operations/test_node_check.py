"""A node is checked with what it is to run, in one observation; one that cannot be reached hides no other."""

from __future__ import annotations

import time

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest

from podwright.errors import HostUnreachableError
from podwright.exit_codes import ExitCode
from podwright.operations.desired import Desired
from podwright.operations.node_check import check_code, check_nodes, findings_of
from podwright.operations.report import Report, Status
from podwright.plan.node_checks.check import Profile, Result

WEB = manifest()


def check(site, *desired: Desired, profiles=(Profile.STATIC_PODS,), world=None):
    return check_nodes(
        desired or (site.desired(WEB),),
        world or site.world,
        time.time,
        profiles=profiles,
        today="2026-11-30",
        forks=2,
    )


def results(report) -> dict[str, Result]:
    return {finding.check.id: finding.result for finding in findings_of(report)}


def test_a_node_is_checked_with_what_it_should_run(site) -> None:
    (site.root / "images").write_text('{"images": []}')
    found = results(check(site))
    assert found["kubelet-running"] is Result.PASS
    assert found["static-pod-folder"] is Result.PASS
    assert found["images-absent"] is Result.WARN
    site.place(WEB)
    site.runs(WEB)
    assert results(check(site))["images-absent"] is Result.PASS


def test_nothing_is_written_and_no_api_is_asked(site) -> None:
    before = sorted(path.name for path in site.root.rglob("*"))
    check(site, profiles=tuple(Profile))
    assert sorted(path.name for path in site.root.rglob("*")) == before
    assert site.mirrors.asked == []


def test_a_node_that_cannot_be_reached_is_its_own_result(site) -> None:
    def connect(node):
        if node.name == "gone":
            raise HostUnreachableError("gone: cannot connect")
        return original(node)

    original = site.world.connect
    gone = Desired(replace(site.node, name="gone"))
    report = check(site, gone, site.desired(WEB), world=replace(site.world, connect=connect))
    assert [result.status for result in report.nodes] == [Status.UNREACHABLE, Status.OBSERVED]
    assert {finding.node for finding in findings_of(report)} == {"n1"}


def weighed(report, *kept: Result) -> Report:
    """Only what came to one of these."""
    nodes = [
        replace(
            one, value=replace(one.value, findings=tuple(f for f in one.value.findings if f.result in kept))
        )
        for one in report.nodes
    ]
    return replace(report, nodes=tuple(nodes))


@pytest.fixture
def report(site):
    return check(site, profiles=tuple(Profile))


def test_what_fails_outweighs_what_is_unknown_and_warnings_do_not_count(report) -> None:
    assert check_code(weighed(report, Result.PASS, Result.WARN)) is ExitCode.DONE
    errors = [f for f in findings_of(report) if f.hides_something]
    assert errors
    assert check_code(weighed(report, Result.UNKNOWN)) is ExitCode.UNCHECKED
    waived = tuple(replace(f, waived_until="2027-01-31") for f in errors)
    [node] = report.nodes
    accepted = replace(report, nodes=(replace(node, value=replace(node.value, findings=waived)),))
    assert check_code(accepted) is ExitCode.DONE
    failed = replace(errors[0], judged=replace(errors[0].judged, result=Result.FAIL))
    both = replace(report, nodes=(replace(node, value=replace(node.value, findings=(failed, *errors))),))
    assert check_code(both) is ExitCode.DRIFT
