"""A node is checked with what it is to run, in one observation; one that cannot be reached hides no other."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from tests.fakes.control_planes import etcd
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest
from tests.fakes.shell_host import ShellHost

from podwright.errors import HostUnreachableError, PortClosedError
from podwright.exit_codes import ExitCode
from podwright.operations.desired import Desired
from podwright.operations.node_check import check_code, check_nodes, findings_of
from podwright.operations.report import Report, Status
from podwright.plan.node_checks.check import Profile, Result
from podwright.remote.host import PortStream

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


@dataclass(frozen=True)
class Isolated(ShellHost):
    """It reaches nobody."""

    def dial(self, host: str, port: int, *, timeout: float) -> PortStream:
        raise PortClosedError(f"n1: cannot connect to {host}:{port} from the node: connect failed")


def test_a_control_plane_tries_to_reach_what_its_own_files_name(site) -> None:
    @contextmanager
    def connect(_: object) -> Iterator[Isolated]:
        yield Isolated(site.host.shell, site.host.bin)

    site.place(etcd(1, (1, 2)).manifest)
    world = replace(site.world, connect=connect)
    report = check(site, Desired(site.node), world=world, profiles=(Profile.CONTROL_PLANE,))
    [found] = [one for one in findings_of(report) if one.check.id == "peers-reached"]
    assert "10.0.0.2:2380: it takes no connections" in found.judged.seen
    pods_alone = results(check(site, Desired(site.node), world=world))
    assert "peers-reached" not in pods_alone


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
