"""What does not count as drift, and what counts all the same."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, mirror, observation, plan_of, running, written

from podwright.inventory.waivers import Waiver
from podwright.plan.drift import Finding, drift
from podwright.plan.drift_excuses import Allowances, in_flux
from podwright.plan.drift_history import key_of
from podwright.plan.health import Evidence, judge
from podwright.plan.observed import ContainerState, FolderRights, ObservedLock
from podwright.plan.reasons import Condition, Difference, Drift, because

WEB = manifest()
LOCK = ObservedLock("l1", "kim@ops1", left=40)
EDITED = Finding("n1", Drift.FILE_CHANGED, "web.yaml", because(Difference.EDITED))
NOW = 1_000_000.0


def changing(look, health=None) -> list[tuple[str, str]]:
    """The kinds of what is in flux, and why."""
    plan = plan_of([WEB], [], look)
    findings = drift(plan, [health] if health else [], look, ())
    return [
        (found.drift.value, why.kind.value)
        for found, why in in_flux(findings, look, [health] if health else []).items()
    ]


def judged(look, shown):
    [expectation] = plan_of([WEB], [], look).expectations
    return judge(expectation, Evidence(written(WEB).sha256, look.pods, shown, NOW))


@pytest.mark.parametrize(
    ("lock", "expected"),
    [
        (LOCK, [("file-missing", "lock-held")]),
        (None, []),
        (replace(LOCK, left=-1), []),  # expired
        (replace(LOCK, left=180), [("file-missing", "lock-held")]),  # of a guarded run that checks its group
        (
            replace(LOCK, left=900),
            [("file-missing", "lock-held")],
        ),  # of one that provisions, or waits for slow pods
        (replace(LOCK, left=90_000), []),  # no run's
        (replace(LOCK, age=-0.2), [("file-missing", "lock-held")]),  # taken while the node was observed
        (replace(LOCK, age=-4_000, left=4_060), []),  # of an earlier boot
        (replace(LOCK, id=""), []),  # cannot be read
    ],
)
def test_what_a_run_may_be_about_to_end_is_in_flux_while_its_lock_counts(lock, expected):
    assert changing(observation(lock=lock)) == expected


@pytest.mark.parametrize(
    "kind",
    [
        Drift.FOLDER_OPEN,
        Drift.POD_CRASH_LOOPING,
        Drift.FILE_FOREIGN,
        Drift.NODE_DUPLICATE,
        Drift.WAIVER_EXPIRED,
    ],
)
def test_no_run_ends_these(kind):
    finding = Finding("n1", kind, "web.yaml", because(Difference.EDITED))
    assert in_flux([finding], observation(lock=LOCK), ()) == {}


@pytest.mark.parametrize(("age", "excused"), [(5, True), (100, True), (1_000, False), (-5, False)])
def test_a_pod_is_in_flux_for_as_long_as_it_may_take_to_be_ready(age, excused):
    look = observation(written(WEB), pods=(running(WEB, created_at=NOW - age),), clock=NOW)
    health = judged(look, mirror(WEB, ready=False))
    assert changing(look, health) == ([("pod-not-ready", "starting")] if excused else [])


@pytest.mark.parametrize(("age", "excused"), [(5, True), (40, False)])
def test_its_mirror_comes_much_sooner(age, excused):
    look = observation(written(WEB), pods=(running(WEB, created_at=NOW - age),), clock=NOW)
    assert changing(look, judged(look, None)) == ([("mirror-missing", "starting")] if excused else [])


@pytest.mark.parametrize(("age", "excused"), [(5, True), (40, False)])
def test_the_api_may_show_for_a_moment_how_a_pod_ended_that_runs_again(age, excused):
    ended = ContainerState("main", "terminated", reason="Completed")
    look = observation(written(WEB), pods=(running(WEB, created_at=NOW - age),), clock=NOW)
    shown = mirror(WEB, ready=False, containers=(ended,))
    assert changing(look, judged(look, shown)) == ([("pod-not-running", "starting")] if excused else [])


@pytest.mark.parametrize(("age", "excused"), [(10, True), (300, False)])
def test_the_pod_before_may_run_on_for_its_grace_after_the_write(age, excused):
    before = running(manifest(image="example.com/web:0"))
    look = observation(written(WEB, mtime=int(NOW - age)), pods=(before,), clock=NOW)
    health = judged(look, mirror(WEB))
    [why] = [state.reason.kind for state in health.missing if state.source == "sandbox"]
    assert why is Condition.OTHER_MANIFEST
    assert (("pod-stale", "ending") in changing(look, health)) == excused
    shown = changing(look, judged(look, mirror(WEB, uid="before", digest="sha256:0")))
    assert (("mirror-stale", "ending") in shown) == excused


@pytest.mark.parametrize(("age", "excused"), [(10, True), (-5, True), (300, False)])
def test_nothing_runs_of_a_pod_for_a_moment_after_its_file_was_written(age, excused):
    look = observation(written(WEB, mtime=int(NOW - age)), pods=(), clock=NOW)
    kinds = [("mirror-missing", "ending"), ("pod-not-running", "ending")]
    assert sorted(changing(look, judged(look, None))) == (kinds if excused else [])


@pytest.mark.parametrize(
    ("ago", "known", "excused"), [(5, None, True), (90, None, False), (5, 20, True), (5, 200, False)]
)
def test_what_a_removed_file_ran_may_run_on_for_its_grace(ago, known, excused):
    """However often the folder changes: what an earlier check found has had its time."""
    rights = FolderRights("755", "0", "0", changed=NOW - ago)
    look = observation(pods=(running(WEB),), rights=rights, clock=NOW)
    found = drift(plan_of([], [], look), (), look, ())
    assert [one.drift for one in found] == [Drift.POD_ORPHANED]
    ages = {} if known is None else {key_of(one): known for one in found}
    assert [one.kind.value for one in in_flux(found, look, (), ages).values()] == ["folder-changed"] * excused


@pytest.mark.parametrize(
    ("ago", "expected"), [(5, ["folder-changed"] * 2), (-5, ["folder-changed"] * 2), (90, [])]
)
def test_a_pod_whose_second_file_went_is_started_again(ago, expected):
    rights = FolderRights("755", "0", "0", changed=NOW - ago)
    ended = replace(running(WEB), ready=False)
    look = observation(written(WEB, mtime=int(NOW - 900)), pods=(ended,), rights=rights, clock=NOW)
    assert [why for _, why in changing(look, judged(look, None))] == expected


@pytest.mark.parametrize(
    ("waiver", "today", "waived"),
    [
        (Waiver("file-changed", "soon", "2027-01-31"), "2027-01-31", True),
        (Waiver("file-changed", "soon", "2027-01-31"), "2027-02-01", False),
        (Waiver("file-changed", "soon", "2027-01-31", "web.yaml"), "2027-01-01", True),
        (Waiver("file-changed", "soon", "2027-01-31", "w*"), "2027-01-01", True),
        (Waiver("file-changed", "soon", "2027-01-31", "db.yaml"), "2027-01-01", False),
        (Waiver("file-missing", "soon", "2027-01-31"), "2027-01-01", False),
    ],
)
def test_a_waiver_is_of_a_kind_of_files_and_until_the_end_of_its_day(waiver, today, waived):
    counted, excused = Allowances(today, waivers=(waiver,)).settle((EDITED,))
    assert (list(counted) == [EDITED], [entry.excuse for entry in excused]) == (
        not waived,
        ["waived"] * waived,
    )


def test_a_waiver_of_a_file_is_of_its_workload_whichever_slot_that_has():
    waiver = Waiver("file-changed", "soon", "2027-01-31", "web.yaml")
    surged = replace(EDITED, subject="web+2.yaml")
    assert Allowances("2027-01-01", waivers=(waiver,)).settle((surged,))[0] == ()


def test_a_waiver_of_a_file_is_of_its_pod_too():
    pod = Finding(
        "n1", Drift.POD_NOT_READY, "default/web-n1", because(Condition.NOT_READY, phase="x"), "web.yaml"
    )
    [excused] = Allowances(
        "2027-01-01", waivers=(Waiver("pod-not-ready", "slow", "2027-01-31", "web.yaml"),)
    ).settle((pod,))[1]
    assert str(excused) == (
        "n1: waived: default/web-n1: pod-not-ready: the mirror pod is x (until 2027-01-31: slow)"
    )


def test_a_waiver_that_has_ended_is_a_finding_of_its_own():
    ended = Waiver("file-changed", "INC-42", "2027-01-31", "web.yaml")
    of_check = Waiver("", "INC-43", "2027-01-31", check="swap-on")
    allowances = Allowances("2027-02-01", waivers=(ended, replace(ended, until="2027-02-01"), of_check))
    [finding] = allowances.expired("n1")
    assert str(finding) == (
        "n1: waiver-expired: web.yaml: the waiver of `file-changed` ended on 2027-01-31: INC-42"
    )


def test_a_kind_that_is_ignored_is_left_out():
    assert Allowances(ignored=(Drift.FILE_CHANGED,)).settle((EDITED,)) == ((), ())


@pytest.mark.parametrize(("age", "excused"), [(None, False), (0, True), (89, True), (90, False), (-1, False)])
def test_a_mirror_that_was_deleted_is_told_again_only_once_the_kubelet_had_its_time(age, excused):
    gone = Finding("n1", Drift.MIRROR_MISSING, "default/web-n1", because(Condition.NO_MIRROR, pod="x"))
    ages = {} if age is None else {("mirror-missing", "default/web-n1"): age}
    assert bool(in_flux([gone], observation(), (), ages)) is excused
