"""Which files a run that is at work elsewhere may not have come to yet."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, mirror, observation, observed_file, plan_of, running, written

from podwright.plan.drift import Finding
from podwright.plan.drift_history import key_of
from podwright.plan.drift_rollout_excuses import AtWork, at_work, of_rollout, of_surge
from podwright.plan.health import Evidence, judge
from podwright.plan.history import Revision
from podwright.plan.observed import FolderRights, ObservedLock
from podwright.plan.reasons import Difference, Drift, because
from podwright.plan.words import message

WEB = manifest()
LOCK = ObservedLock("l1", "kim@ops1", left=40)
NOW = 1_000_000.0


def judged(look, shown):
    [expectation] = plan_of([WEB], [], look).expectations
    return judge(expectation, Evidence(written(WEB).sha256, look.pods, shown, NOW))


OLD = manifest(image="example.com/web:0")
CHANGED = Finding("n2", Drift.FILE_CHANGED, "web.yaml", because(Difference.CONTENT))


#: when the run began, as it tells, and the earliest that may go on yet
BEGAN, EARLIEST = "1970-01-12 13:46 UTC", "1970-01-12 11:46 UTC"


def kept(of=WEB, **changes) -> Revision:
    """What the node's history has of a write."""
    return replace(Revision("web.yaml", 1, b"", of.digest, run="r1", when=BEGAN), **changes)


KEPT = (kept(),)


def there(age: float, started: float | None = None, changes=KEPT):
    """A node on which the file is as it should be since so many seconds, and its pod runs since then."""
    pod = running(WEB, created_at=NOW - (age if started is None else started))
    look = observation(written(WEB, mtime=int(NOW - age)), pods=(pod,), clock=NOW, changes=changes)
    return at_work(look, [judged(look, mirror(WEB))], plan_of([WEB], [], look), EARLIEST)


OLD_RUNS = (running(OLD),)


def here(*files, pods=OLD_RUNS, changes=()):
    """A node to which the run may not have come."""
    look = observation(*files, pods=pods, clock=NOW, changes=changes)
    return at_work(look, (), plan_of([WEB], [], look), EARLIEST)


@pytest.mark.parametrize(("age", "excused"), [(10, True), (300, False)])
def test_a_run_that_just_wrote_the_file_elsewhere_may_be_on_its_way(age, excused):
    """It holds no lock while it proves what it wrote, and none of a node that it has not come to."""
    found = of_rollout((CHANGED,), "n2", {"n1": there(age), "n2": here(written(OLD))}, {})
    assert [message(why) for why in found.values()] == (
        ["a run is at work on n1, or just was"] if excused else []
    )


@pytest.mark.parametrize(
    "elsewhere",
    [
        there(10, changes=()),  # nothing shows who wrote it
        there(10, changes=(kept(run=""),)),  # it lay there before there was a history
        there(10, changes=(kept(OLD),)),  # somebody copied it there
        there(10, changes=(kept(when="1970-01-12 10:46 UTC"),)),  # hours ago
        there(10, changes=(kept(when=""),)),
        there(10, started=600),  # touched, or a comment was added: the kubelet started nothing
    ],
)
def test_a_file_that_a_hand_touched_elsewhere_is_no_run(elsewhere):
    assert elsewhere.fresh == ()
    assert of_rollout((CHANGED,), "n2", {"n1": elsewhere, "n2": here(written(OLD))}, {}) == {}


@pytest.mark.parametrize(
    ("ago", "changes", "known", "excused"),
    [
        (10, KEPT, 0, True),
        (10, KEPT, 600, True),  # a run over many nodes comes to the last ones late
        (10, KEPT, 7_200, False),  # no run goes on for so long: something touches the folder again and again
        (90, KEPT, 0, False),
        (10, (), 0, False),
    ],
)
def test_a_run_that_just_removed_the_file_elsewhere_may_be_on_its_way(ago, changes, known, excused):
    """Of what was never there, no run removed anything."""
    rights = FolderRights("755", "0", "0", changed=NOW - ago)
    gone = observation(pods=(), clock=NOW, changes=changes, rights=rights)
    left = observation(written(WEB), pods=(running(WEB),), clock=NOW, changes=KEPT)
    nodes = {
        name: at_work(look, (), plan_of([], ["web.yaml"], look), EARLIEST)
        for name, look in {"n1": gone, "n2": left}.items()
    }
    unwanted = Finding("n2", Drift.FILE_UNWANTED, "web.yaml", because(Drift.FILE_UNWANTED))
    assert bool(of_rollout((unwanted,), "n2", nodes, {key_of(unwanted): known})) is excused


@pytest.mark.parametrize(
    ("node", "waits"),
    [
        (here(written(OLD)), True),
        (here(written(OLD), changes=(kept(OLD),)), True),
        (here(pods=()), True),
        (here(pods=(), changes=(kept(name="other.yaml"),)), True),
        (here(written(OLD), changes=(kept(),)), False),  # it was there, and somebody went back
        (here(pods=(), changes=(kept(),)), False),  # its file was there, and its sandbox is gone too by now
        (
            here(pods=(), changes=(kept(OLD),)),
            True,
        ),  # an earlier run removed it, or a hand did: the next one brings it
        (here(written(OLD), pods=(running(WEB, ready=False),)), False),  # it ran here, and somebody went back
        (here(pods=(running(WEB, ready=False),)), False),  # it ran here, and somebody took its file away
        (here(written(OLD), pods=None), False),  # nobody knows
        (here(observed_file("web.yaml", WEB.text(1).replace("web:1", "web:2"))), False),  # edited
        (here(written(WEB, mode="644")), False),
    ],
)
def test_what_somebody_did_by_hand_waits_for_no_run(node, waits):
    assert bool(of_rollout((CHANGED,), "n2", {"n1": there(10), "n2": node}, {})) is waits


def test_a_lock_elsewhere_is_a_run_that_may_come_here():
    busy = at_work(observation(lock=LOCK), (), plan_of([], [], observation()), EARLIEST)
    found = of_rollout((CHANGED,), "n2", {"n1": busy, "n2": here(written(OLD))}, {})
    assert message(found[CHANGED]) == "kim@ops1 is at work on n1, or just was"
    open_folder = replace(CHANGED, drift=Drift.FOLDER_OPEN)
    assert of_rollout((open_folder,), "n2", {"n1": busy, "n2": here(written(OLD))}, {}) == {}


@pytest.mark.parametrize(
    ("name", "excused"), [(WEB.workload.slots[1].file_name, True), ("other.yaml", False)]
)
def test_a_run_that_wrote_the_other_slot_elsewhere_is_of_the_same_workload(name, excused):
    nodes = {"n1": AtWork(fresh=(name,)), "n2": here(written(OLD))}
    assert bool(of_rollout((CHANGED,), "n2", nodes, {})) is excused


def test_what_ran_here_in_the_other_slot_waits_for_no_run():
    node = here(written(OLD), changes=(kept(name=WEB.workload.slots[1].file_name),))
    assert node.waiting == ()


BESIDE = WEB.in_slot(2, kubernetes_version=None)
WROTE = (kept(name=BESIDE.file_name),)


@pytest.mark.parametrize(
    ("unwanted", "age", "changes", "excused"),
    [
        ("web.yaml", 10, WROTE, True),
        ("web+2.yaml", 10, WROTE, True),  # of a restart: as long as the pod of the first slot alone runs
        ("web.yaml", 300, WROTE, False),  # the run ended between the two
        ("web.yaml", 10, (), False),  # a hand put one beside the other
        ("other.yaml", 10, WROTE, False),
    ],
)
def test_both_slots_of_a_workload_are_in_flux_while_one_is_proven(unwanted, age, changes, excused):
    files = (written(OLD, mtime=1), written(BESIDE, mtime=int(NOW - age)), written(manifest("other")))
    look = observation(*files, pods=(running(OLD),), clock=NOW, changes=changes)
    wanted = WEB if unwanted == BESIDE.file_name else BESIDE
    finding = Finding("n1", Drift.FILE_UNWANTED, unwanted, because(Drift.FILE_UNWANTED))
    found = of_surge([finding], look, plan_of([wanted], [unwanted], look), EARLIEST)
    assert [message(why) for why in found.values()] == (
        ["a run is replacing it: one of its slots goes once the pod of the other is proven"]
        if excused
        else []
    )


def test_what_no_other_slot_has_replaced_is_not_excused():
    look = observation(written(WEB, mtime=int(NOW)), pods=(), clock=NOW, changes=KEPT)
    finding = Finding("n1", Drift.FILE_UNWANTED, "web.yaml", because(Drift.FILE_UNWANTED))
    assert of_surge([finding], look, plan_of([BESIDE], ["web.yaml"], look), EARLIEST) == {}
