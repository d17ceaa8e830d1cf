"""What others wrote is kept before it is taken over, replaced or removed, and is good if its pod ran."""

from __future__ import annotations

import dataclasses

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, mirror
from tests.unit.operations.conftest import SETTINGS, sandbox
from tests.unit.operations.test_converge import NEXT, WEB, converge
from tests.unit.operations.test_history_records import history

from podwright.exit_codes import ExitCode
from podwright.operations.converge import apply_plan
from podwright.operations.desired import Adopt
from podwright.operations.history_records import settle
from podwright.operations.prepare import prepare
from podwright.operations.report import Report, Status, convergence_code
from podwright.plan.history import Fate

#: of another's
BY_HAND = dataclasses.replace(WEB, marked=False)


def runs_by_hand(site, by_hand=BY_HAND, **changes: object) -> None:
    site.place(by_hand)
    site.show(sandbox(by_hand, uid="u0"))
    site.mirrors.pods[WEB.pod.on("n1")] = mirror(by_hand, uid="u0", digest=None, generation=None, **changes)


def adopt(site):
    return converge(site, replace(site.desired(WEB), from_node=Adopt(note=True)))


def test_what_is_taken_over_as_it_lies_is_good_once_its_pod_is_proven(site) -> None:
    runs_by_hand(site, ready=False)
    outcome = converge(
        site, replace(site.desired(WEB), from_node=Adopt(note=True)), replace(SETTINGS, timeout=1)
    )
    assert (outcome.status, outcome.problems) == (Status.CHANGED, ())
    assert outcome.warnings[-1].startswith(
        "taken over, but nothing goes back by itself if its next change fails: `default/web-n1` is not proven ready"
    )
    assert convergence_code(Report("AdoptReport", (outcome,))) is ExitCode.UNCHECKED
    [kept] = history(site)
    assert (kept.number, kept.content.decode(), kept.digest, kept.fate, kept.run) == (
        *(0, BY_HAND.text(0), WEB.digest, Fate.WRITTEN),
        "",
    )
    runs_by_hand(site)
    plan = prepare(site.desired(WEB), site.host, site.world, SETTINGS)
    settle(plan, apply_plan(plan, site.host, site.world, SETTINGS), site.host)
    [kept] = history(site)
    assert (kept.fate, kept.proof) == (Fate.GOOD, "file, sandbox, mirror")


def test_what_is_taken_over_follows_what_the_history_has_and_once_good_is_kept_once(site) -> None:
    with site.when_written(NEXT.text(1), lambda: site.runs(NEXT)):
        converge(site, site.desired(NEXT))
    for _ in range(2):
        runs_by_hand(site)
        assert adopt(site).status is Status.CHANGED
        (site.folder.parent / ".podwright" / site.folder.name / "adopted" / "web.yaml").unlink()
    assert [(one.number, one.digest, one.fate) for one in history(site)] == [
        (1, NEXT.digest, Fate.GOOD),
        (2, WEB.digest, Fate.GOOD),
    ]


@pytest.mark.parametrize("well", [True, False])
def test_what_another_wrote_is_good_if_its_pod_ran_when_it_was_replaced(site, well) -> None:
    runs_by_hand(site, ready=well)
    with site.when_written(NEXT.text(1), lambda: site.runs(NEXT)):
        assert converge(site, site.desired(NEXT), replace(SETTINGS, adopt=True)).status is Status.CHANGED
    assert [(one.number, one.fate) for one in history(site)] == [
        (0, Fate.GOOD if well else Fate.WRITTEN),
        (1, Fate.GOOD),
    ]


def test_what_another_wrote_and_is_removed_can_be_brought_back(site) -> None:
    runs_by_hand(site)
    with site.when_written(None, lambda: site.stops(WEB)):
        outcome = converge(site, site.desired(absent=("web.yaml",)), replace(SETTINGS, adopt=True))
    assert outcome.status is Status.CHANGED
    assert [(one.number, one.digest, one.fate) for one in history(site)] == [(0, WEB.digest, Fate.GOOD)]


def test_what_another_wrote_over_ours_and_ran_is_kept_between_them(site) -> None:
    with site.when_written(NEXT.text(1), lambda: site.runs(NEXT)):
        converge(site, site.desired(NEXT))
    runs_by_hand(site)
    with site.when_written(NEXT.text(3), lambda: site.stops(NEXT)):
        failed = converge(site, site.desired(NEXT), replace(SETTINGS, adopt=True, timeout=1))
    assert failed.status is Status.FAILED
    assert [(one.number, one.digest, one.fate) for one in history(site)] == [
        (1, NEXT.digest, Fate.GOOD),
        (2, WEB.digest, Fate.GOOD),
        (3, NEXT.digest, Fate.FAILED),
    ]
    assert history(site)[1].content.decode() == BY_HAND.text(0)


def test_what_another_wrote_over_ours_and_is_removed_is_kept_after_it(site) -> None:
    with site.when_written(NEXT.text(1), lambda: site.runs(NEXT)):
        converge(site, site.desired(NEXT))
    runs_by_hand(site)
    with site.when_written(None, lambda: site.stops(WEB)):
        converge(site, site.desired(absent=("web.yaml",)), replace(SETTINGS, adopt=True))
    assert [(one.number, one.digest, one.fate) for one in history(site)] == [
        (1, NEXT.digest, Fate.GOOD),
        (2, WEB.digest, Fate.GOOD),
    ]


def test_what_never_ran_is_not_good_because_a_later_one_of_its_length_does(site) -> None:
    runs_by_hand(site, ready=False)
    with site.when_written(NEXT.text(1), lambda: site.runs(NEXT)):
        converge(site, site.desired(NEXT), replace(SETTINGS, adopt=True))
    other = dataclasses.replace(manifest(image="example.com/web:9"), marked=False)
    assert len(other.text(0)) == len(BY_HAND.text(0))
    runs_by_hand(site, other)
    with site.when_written(NEXT.text(3), lambda: site.runs(NEXT, generation=3)):
        converge(site, site.desired(NEXT), replace(SETTINGS, adopt=True))
    assert [(one.number, one.digest, one.fate) for one in history(site)] == [
        (0, WEB.digest, Fate.WRITTEN),
        (1, NEXT.digest, Fate.GOOD),
        (2, other.digest, Fate.GOOD),
        (3, NEXT.digest, Fate.GOOD),
    ]


def test_what_was_taken_over_as_it_lies_is_kept_once_when_it_is_written_over(site) -> None:
    runs_by_hand(site, ready=False)
    converge(site, replace(site.desired(WEB), from_node=Adopt(note=True)), replace(SETTINGS, timeout=1))
    runs_by_hand(site)
    with site.when_written(NEXT.text(1), lambda: site.runs(NEXT)):
        converge(site, site.desired(NEXT))
    assert [(one.number, one.digest, one.fate) for one in history(site)] == [
        (0, WEB.digest, Fate.GOOD),
        (1, NEXT.digest, Fate.GOOD),
    ]
