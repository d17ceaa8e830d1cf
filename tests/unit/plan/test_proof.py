"""Evidence as it comes: what is held, which source stops answering, how long nothing ran."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, mirror, observation, pod_text, running, written

from podwright.manifests.manifest import Manifest
from podwright.manifests.workload import Workload
from podwright.plan.compare import compare
from podwright.plan.events import (
    ClockRead,
    Deleted,
    FilesSeen,
    JournalRead,
    KubeletGone,
    RuntimeSeen,
    RuntimeUnavailable,
    SecondWritten,
    Started,
    Ticked,
    Written,
)
from podwright.plan.expectation_progress import Gap
from podwright.plan.expectations import WaitFor
from podwright.plan.health import Agreement
from podwright.plan.node_view import ConnectionLost, MirrorsSeen
from podwright.plan.observed import ObservedContainer, Unavailable
from podwright.plan.proof import PATIENCE_SECONDS, Instant, Proof
from podwright.plan.stages import make_plan

WEB = manifest()
NEXT = manifest(image="example.com/web:2")
FULL_NAME = WEB.pod.on("n1")
LOOK = observation(written(WEB), clock=0.0)


def proof_of(desired=(WEB,), absent=(), look=LOOK, wait_for=WaitFor.READY, **options) -> Proof:
    plan = make_plan("n1", compare(desired, absent, look), wait_for=wait_for)
    return Proof.begin(plan.expectations, look, **{"hold": 3, **options})


class Watched:
    """A proof of WEB, in place already, that is advanced by hand."""

    def __init__(self, *, gone: bool = False, **options) -> None:
        self.now = 100.0
        self.mirrors = {FULL_NAME: None if gone else mirror(WEB)}
        self.proof = proof_of((), ("web.yaml",), **options) if gone else proof_of(**options)
        self.see(FilesSeen({} if gone else {"web.yaml": written(WEB).sha256}))

    def see(self, *events) -> None:
        for event in events:
            self.proof = self.proof.advance(event)

    def tick(self, seconds: float = 0, at: float = 1.0) -> bool:
        """Whether waiting is over."""
        self.now += seconds
        self.see(Ticked(at), MirrorsSeen(self.mirrors), Instant(self.now))
        return self.proof.done


def crashed(attempt: int):
    container = ObservedContainer("main", "CONTAINER_RUNNING", attempt=attempt)
    return RuntimeSeen(1.0, (running(WEB, containers=(container,)),))


RUNS = crashed(0)


def test_what_is_proven_must_hold() -> None:
    watched = Watched()
    watched.see(RUNS)
    assert [watched.tick(), watched.tick(2.9), watched.tick(0.2)] == [False, False, True]


def test_containers_that_are_older_than_the_hold_need_not_be_waited_for() -> None:
    watched = Watched()
    watched.see(ClockRead(1.0, 999_004.0), RuntimeSeen(1.0, (running(WEB),)))
    assert watched.tick()


@pytest.mark.parametrize(
    "interrupt",
    [
        lambda watched: watched.see(crashed(1)),
        lambda watched: watched.see(RuntimeSeen(1.0, ())),
        lambda watched: watched.see(FilesSeen({"web.yaml": "0" * 64})),
        lambda watched: watched.mirrors.update({FULL_NAME: mirror(WEB, ready=False)}),
        lambda watched: watched.mirrors.update({FULL_NAME: mirror(WEB, uid="old")}),
    ],
)
def test_whatever_happens_meanwhile_starts_the_hold_again(interrupt) -> None:
    watched = Watched()
    watched.see(RUNS)
    assert not watched.tick()
    interrupt(watched)
    assert not watched.tick(2.9)
    watched.see(crashed(2), FilesSeen({"web.yaml": written(WEB).sha256}))
    watched.mirrors[FULL_NAME] = mirror(WEB)
    assert [watched.tick(0.2), watched.tick(2.9), watched.tick(0.2)] == [False, False, True]


def test_the_old_pod_runs_until_it_is_not_shown_any_more() -> None:
    """The runtime's pods are reported when they change: an old pod that takes its grace period still serves."""
    look = observation(written(WEB), pods=(running(WEB),), clock=0.0)
    proof = proof_of((NEXT,), look=look)
    for event in (
        RuntimeSeen(9.0, (running(WEB),)),
        Written(10.0, "web.yaml"),
        Ticked(21.5),
        RuntimeSeen(22.0, ()),
        Ticked(22.1),
        RuntimeSeen(23.5, (running(NEXT, uid="u2", generation=2),)),
        Instant(100.0),
    ):
        proof = proof.advance(event)
    assert [round(gap.seconds, 3) for gap in proof.gaps] == [2.0]


def test_the_gap_is_a_bound_however_slowly_the_runtime_answers() -> None:
    """The old pod may have ended as soon as it was asked, the new one may have begun as late as it answered."""
    look = observation(written(WEB), pods=(running(WEB),), clock=0.0)
    new = running(NEXT, uid="u2", generation=2)
    proof = proof_of((NEXT,), look=look)
    events = (Written(9.0, "web.yaml"), Ticked(12.0, 10.0), RuntimeSeen(15.0, (new,), 13.0), Instant(100.0))
    for event in events:
        proof = proof.advance(event)
    assert [gap.seconds for gap in proof.gaps] == [5.0]


def test_what_did_not_run_before_leaves_no_gap() -> None:
    down = running(WEB, containers=(replace(running(WEB).containers[0], state="CONTAINER_EXITED"),))
    proof = proof_of((NEXT,), look=observation(written(WEB), pods=(down,), clock=0.0))
    new = running(NEXT, uid="u2", generation=2)
    for event in (Written(9.0, "web.yaml"), RuntimeSeen(15.0, (new,), 13.0), Instant(100.0)):
        proof = proof.advance(event)
    assert proof.gaps == ()


@pytest.mark.parametrize(("wait_on", "later"), [(0, 0), (30, 30)])
def test_a_crash_loop_past_its_third_start_is_not_waited_for(wait_on, later) -> None:
    watched = Watched(wait_on=wait_on)
    dead = ObservedContainer("main", "CONTAINER_EXITED", attempt=2)
    watched.mirrors[FULL_NAME] = mirror(WEB, ready=False)
    watched.see(crashed(1))
    assert not watched.tick(60)
    watched.see(RuntimeSeen(2.0, (running(WEB, containers=(dead,)),)))
    assert watched.tick(0.1) is (later == 0)
    assert watched.tick(later)
    assert not watched.proof.proven


def test_what_was_given_up_and_becomes_well_is_waited_for_again() -> None:
    watched = Watched(wait_on=30)
    dead = ObservedContainer("main", "CONTAINER_EXITED", attempt=2)
    watched.see(RuntimeSeen(2.0, (running(WEB, containers=(dead,)),)))
    assert not watched.tick()
    watched.see(RUNS)
    assert [watched.tick(29), watched.tick(4)] == [False, True]
    assert watched.proof.proven


def test_what_lapsed_is_kept_with_what_was_wrong() -> None:
    watched = Watched()
    watched.see(RUNS)
    watched.tick()
    watched.mirrors[FULL_NAME] = mirror(WEB, ready=False)
    watched.tick()
    watched.mirrors[FULL_NAME] = mirror(WEB)
    watched.tick()
    [track] = watched.proof.tracks
    assert [entry.detail for entry in track.lapse] == ["the mirror pod is Running"]
    assert (track.health.agreed, track.health.proven) == (True, False)


def test_a_file_that_somebody_else_changed_is_not_waited_for_until_the_deadline() -> None:
    watched = Watched()
    watched.see(RUNS, FilesSeen({"web.yaml": "0" * 64}))
    ticks = [watched.tick(at=at) for at in (1, 5)]
    watched.see(FilesSeen({"web.yaml": written(WEB).sha256}))
    ticks += [watched.tick(at=5.5)]
    watched.see(FilesSeen({}))
    ticks += [watched.tick(at=at) for at in (6, 10, 11)]
    assert ticks == [False, False, False, False, False, True]
    assert not watched.proof.proven


def test_a_source_that_stops_answering_is_waited_for_before_the_others_are_enough() -> None:
    watched = Watched()
    watched.see(RUNS)
    watched.tick()
    watched.mirrors[FULL_NAME] = Unavailable("the stream broke")
    assert not watched.tick(PATIENCE_SECONDS - 1)
    assert watched.tick(2)
    assert [entry.source for entry in watched.proof.healths[0].unknown] == ["mirror"]


def test_a_runtime_that_gives_no_answer_any_more_is_waited_for() -> None:
    watched = Watched()
    watched.see(RUNS, RuntimeUnavailable("crictl's answer is not JSON"))
    assert not watched.tick(5)
    assert {entry.source: entry.agrees for entry in watched.proof.healths[0].sources}[
        "sandbox"
    ] is Agreement.UNKNOWN


def test_a_source_that_never_could_be_read_is_not_waited_for() -> None:
    watched = Watched(api=False)
    watched.mirrors[FULL_NAME] = Unavailable("there is no kubeconfig")
    watched.see(RUNS)
    assert [watched.tick(), watched.tick(3)] == [False, True]


def test_a_mirror_that_is_not_shown_is_gone_only_once_it_was_asked_for_by_name() -> None:
    watched = Watched(gone=True)
    watched.see(RuntimeSeen(1.0, (running(WEB, ready=False, containers=()),)))
    assert not watched.tick()
    assert watched.proof.unconfirmed == (FULL_NAME,)
    hidden = replace(mirror(WEB), finalizers=())
    watched.see(MirrorsSeen({FULL_NAME: hidden}, fresh=True), Instant(watched.now))
    assert [entry.detail for entry in watched.proof.healths[0].missing] == ["the mirror pod is still there"]
    watched.tick()
    watched.see(MirrorsSeen({FULL_NAME: None}, fresh=True), Instant(watched.now))
    assert watched.proof.proven


def test_when_the_connection_is_lost_the_node_is_unknown_and_the_api_still_counts() -> None:
    watched = Watched()
    watched.see(RUNS)
    watched.tick()
    watched.see(ConnectionLost("the connection was lost"), Instant(watched.now))
    [health] = watched.proof.healths
    assert {entry.source: entry.agrees for entry in health.sources} == {
        "file": Agreement.UNKNOWN,
        "sandbox": Agreement.UNKNOWN,
        "mirror": Agreement.YES,
    }
    assert not health.agreed


def test_what_the_node_says_it_wrote_proves_the_file_and_nothing_else_does() -> None:
    """With `--wait-for file` no file is listed: the node itself checked the digest of what it wrote."""
    proof = proof_of((NEXT,), wait_for=WaitFor.FILE).advance(Instant(1.0))
    assert not proof.proven
    assert proof.advance(Written(1.0, "web.yaml")).advance(Instant(1.0)).proven
    gone = proof_of((), ("web.yaml",), wait_for=WaitFor.FILE).advance(Instant(1.0))
    assert not gone.proven
    assert gone.advance(Deleted(1.0, "web.yaml")).advance(Instant(1.0)).proven


def test_the_second_write_of_an_update_leaves_its_own_text() -> None:
    look = observation(written(WEB), pods=(running(WEB),))
    proof = proof_of((NEXT,), look=look)
    for event in (Started(1.0), Written(1.0, "web.yaml"), SecondWritten(2.0, "web.yaml")):
        proof = proof.advance(event)
    assert proof.view.files == {"web.yaml": proof.tracks[0].expectation.sha256s[1]}


def test_at_rest_the_observation_alone_may_be_proof_enough() -> None:
    look = observation(written(WEB), pods=(running(WEB),))
    at_rest = proof_of(look=look, at_rest=True).advance(MirrorsSeen({FULL_NAME: mirror(WEB)}))
    assert at_rest.advance(Instant(1.0)).proven
    young = replace(look, clock=999_001.0)
    fresh = proof_of(look=young, at_rest=True).advance(MirrorsSeen({FULL_NAME: mirror(WEB)}))
    assert not fresh.advance(Instant(1.0)).proven


def test_the_mirror_is_wanted_too_if_nothing_else_shows_what_runs() -> None:
    assert proof_of(wait_for=WaitFor.RUNNING).mirrors_wanted == ()
    blind = observation(written(WEB), pods=None, pods_problem="there is no crictl on the node")
    assert proof_of(wait_for=WaitFor.RUNNING, look=blind).mirrors_wanted == (FULL_NAME,)
    assert proof_of(wait_for=WaitFor.FILE, look=blind).mirrors_wanted == ()


def test_what_only_explains_is_kept() -> None:
    proof = proof_of().advance(KubeletGone()).advance(JournalRead("E1"))
    assert (proof.kubelet_gone, proof.journal) == (True, "E1")


def test_the_gap_is_from_the_write_or_the_last_sight_of_the_old_to_the_first_of_the_new() -> None:
    look = observation(written(WEB), pods=(running(WEB),))
    new = running(NEXT, uid="u2", generation=2)
    proof = proof_of((NEXT,), look=look)
    for event in (
        RuntimeSeen(1.0, (running(WEB),)),
        Written(1.5, "web.yaml"),
        RuntimeSeen(2.5, ()),
        RuntimeSeen(4.25, (new,)),
        Instant(1.0),
    ):
        proof = proof.advance(event)
    assert proof.gaps == (Gap("default/web-n1", 2.75),)
    later = (
        proof.advance(RuntimeSeen(2.0, (running(WEB),)))
        .advance(RuntimeSeen(5.0, (new,)))
        .advance(Instant(2.0))
    )
    assert later.gaps == (Gap("default/web-n1", 2.25),)
    [track] = later.tracks
    unseen = replace(track, health=replace(track.health, uid="u3"))
    assert unseen.gap is None
    assert proof_of().gaps == ()


OLD = manifest("old")
PROBED = Manifest.parse(
    Workload("web"),
    pod_text() + "    readinessProbe: {periodSeconds: 2, tcpSocket: {port: 80}}\n",
)


class Handover:
    """`old` is removed and `desired` is created in one run; the old pod ends slowly."""

    def __init__(self, desired=WEB, created=1_000_000.0) -> None:
        look = observation(written(OLD), pods=(running(OLD, uid="u0"),), clock=0.0)
        self.new = running(desired, containers=(ObservedContainer("main", "CONTAINER_RUNNING", 0, created),))
        self.desired, self.now = desired, 100.0
        self.proof = proof_of((desired,), ("old.yaml",), look)
        self.tick(ClockRead(0.0, 1_000_000.0), Deleted(0.0, "old.yaml"), Written(0.0, "web.yaml"), old=True)

    def tick(self, *events, seconds: float = 0, old: bool) -> bool:
        self.now += seconds
        pods = (self.new, running(OLD, uid="u0")) if old else (self.new,)
        mirrors = {FULL_NAME: mirror(self.desired), OLD.pod.on("n1"): mirror(OLD, uid="u0") if old else None}
        uptime = self.now - 100.0
        for event in (*events, RuntimeSeen(uptime, pods), Ticked(uptime), MirrorsSeen(mirrors, fresh=True)):
            self.proof = self.proof.advance(event)
        self.proof = self.proof.advance(Instant(self.now))
        return self.proof.done


def test_the_hold_starts_when_what_is_removed_is_gone() -> None:
    run = Handover()
    assert not run.tick(seconds=8, old=True)
    assert not run.tick(seconds=1, old=False)
    assert not run.tick(seconds=1.5, old=False)
    assert run.tick(seconds=1, old=False)


def test_a_pod_that_started_beside_the_old_one_is_held_until_its_probe_could_have_failed() -> None:
    run = Handover(PROBED)
    run.tick(seconds=8, old=True)
    assert not run.tick(seconds=7, old=False)
    assert run.tick(seconds=2, old=False)


def test_a_pod_that_started_after_it_is_held_as_ever() -> None:
    run = Handover(PROBED, created=1_000_008.2)
    run.tick(seconds=8, old=True)
    assert run.tick(seconds=3.5, old=False)
