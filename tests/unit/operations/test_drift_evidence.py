"""What the API tells beside the nodes: why a mirror pod is missing, as far as it knows."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, observation, plan_of, running, written
from tests.unit.operations.conftest import SETTINGS

from podwright.errors import AuthenticationError, HostUnreachableError
from podwright.operations.drift import check_drift, findings_of
from podwright.operations.drift_evidence import (
    Age,
    ages_of,
    blind_by,
    blind_for,
    earliest_run,
    unlabelled,
    unseen_notes,
)
from podwright.plan.admission import Refusal
from podwright.plan.health import Evidence, judge
from podwright.plan.reasons import Check, Drift, because
from podwright.plan.selinux_labels import FileLabel

WEB = manifest()


def test_why_there_is_no_mirror_is_told_if_the_api_knows(site) -> None:
    site.place(WEB)
    site.runs(WEB)
    site.mirrors.pods.clear()

    def detail() -> str:
        [finding] = findings_of(check_drift((site.desired(WEB),), site.world, SETTINGS))
        return finding.detail

    assert detail() == "the API has no pod `default/web-n1`"
    site.mirrors.cut_off = True
    assert detail() == "the API has no pod `default/web-n1`: the kubelet does not report to it"
    site.mirrors.lacks_namespace = lambda name: name == "default"
    assert detail() == "the API has no pod `default/web-n1`: it has no namespace `default`"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (AuthenticationError("n1: permission denied"), "not-permitted"),
        (HostUnreachableError("n1: timed out"), "unreachable"),
        (ZeroDivisionError(), "incomplete"),
    ],
)
def test_why_a_node_could_not_be_checked_is_a_word_of_its_own(error, expected):
    assert blind_by(error) == expected


def test_what_the_login_may_not_read_is_not_permitted():
    assert blind_for((because(Check.FOLDER_UNREADABLE, folder="/m"),)) == "not-permitted"
    assert blind_for((because(Check.KUBELET_DOWN),)) == blind_for(()) == "incomplete"


def test_what_could_not_be_seen_is_a_line_a_thing_whatever_the_number_of_nodes() -> None:
    look = observation(labels=(FileLabel("web.yaml", "", "a:b:c"),))
    [label] = unlabelled(look)
    notes = unseen_notes([("n1", (label, "ports: no")), ("n2", ("ports: none",)), ("n3", ())])
    assert [*notes] == [f"n1: {label}", "n1, n2: ports: no"]
    assert [*unlabelled(observation(labels=(FileLabel("web.yaml", "a:b:c", "a:b:c"),)))] == []


def test_why_the_kubelet_refused_a_pod_is_told_and_counts_at_once(site) -> None:
    site.place(WEB)
    ref = WEB.pod.on("n1")

    def counted() -> list[str]:
        report = check_drift((site.desired(WEB),), site.world, SETTINGS)
        return [finding.detail for finding in findings_of(report) if finding.drift is Drift.POD_NOT_RUNNING]

    # it may be about to start
    assert counted() == []
    refusal = Refusal("u1", "NodePorts: Pod was rejected: it has a port of another")
    site.mirrors.refused[ref] = ((site.folder / "web.yaml").stat().st_mtime, refusal)
    assert counted() == [f"the kubelet did not start it: {refusal.text}"]
    site.mirrors.refused[ref] = (1.0, refusal)
    assert counted() == []


def test_ages_are_by_the_nodes_own_clock_and_not_told_if_it_is_not_known() -> None:
    look = observation(written(WEB, mtime=999_900), pods=(running(WEB, created_at=1_000_100.0),))
    healths = [judge(one, Evidence(None, (), None)) for one in plan_of([WEB], [], look).expectations]
    assert [*ages_of(look, healths)] == [Age("web.yaml", 100.0, 0.0)]
    assert [*ages_of(replace(look, clock=0.0), healths)] == []
    nothing = observation()
    healths = [judge(one, Evidence(None, (), None)) for one in plan_of([WEB], [], nothing).expectations]
    assert [*ages_of(nothing, healths)] == [Age("web.yaml")]


def test_the_earliest_run_that_may_go_on_is_told_as_runs_tell_when_they_began(site) -> None:
    assert earliest_run(replace(site.world, wall=lambda: 1_000_000.0)) == "1970-01-12 11:46 UTC"
