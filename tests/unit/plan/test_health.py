"""The success predicates: which evidence proves a pod, and which only seems to."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, mirror, observation, running, written

from podwright.plan.compare import compare
from podwright.plan.expectations import WaitFor
from podwright.plan.health import Agreement, Evidence, judge
from podwright.plan.observed import ContainerState, MirrorPod, ObservedContainer, Unavailable
from podwright.plan.stages import make_plan

WEB = manifest()
NEXT = manifest(image="example.com/web:2")


def wanted(level: WaitFor = WaitFor.READY):
    look = observation(written(WEB))
    [expectation] = make_plan("n1", compare([WEB], [], look), wait_for=level).expectations
    return expectation


def gone():
    look = observation(written(WEB))
    [expectation] = make_plan("n1", compare([], ["web.yaml"], look), wait_for=WaitFor.READY).expectations
    return expectation


def updating():
    """From WEB (u1 runs) to NEXT."""
    look = observation(written(WEB), pods=(running(WEB),))
    [expectation] = make_plan("n1", compare([NEXT], [], look), wait_for=WaitFor.READY).expectations
    return expectation


IN_PLACE = written(WEB).sha256
GOOD = Evidence(IN_PLACE, (running(WEB),), mirror(WEB))


def says(expectation, evidence) -> dict[str, Agreement]:
    return {state.source: state.agrees for state in judge(expectation, evidence).sources}


def test_file_sandbox_and_mirror_together_prove_a_pod() -> None:
    health = judge(wanted(), GOOD)
    assert health.agreed
    assert health.uid == "u1"
    assert says(wanted(), GOOD) == {"file": Agreement.YES, "sandbox": Agreement.YES, "mirror": Agreement.YES}


def test_of_two_writes_only_the_pod_of_the_text_that_lies_there_counts() -> None:
    """The pod of a text that was replaced is about to be ended."""
    first, second = (sha256 for sha256 in updating().sha256s)
    for file, generation, proven in (
        (first, 2, True),
        (first, 3, False),
        (second, 2, False),
        (second, 3, True),
    ):
        pod = running(NEXT, uid="u2", generation=generation)
        seen = Evidence(file, (pod,), mirror(NEXT, uid="u2", generation=generation))
        assert judge(updating(), seen).agreed is proven


@pytest.mark.parametrize(
    ("evidence", "source", "detail"),
    [
        (replace(GOOD, file=None), "file", "`web.yaml` is not there"),
        (replace(GOOD, file="0" * 64), "file", "`web.yaml` has different content"),
        (replace(GOOD, sandboxes=()), "sandbox", "no pod of that name runs"),
        (replace(GOOD, sandboxes=(running(WEB, ready=False),)), "sandbox", "no pod of that name runs"),
        (
            replace(GOOD, sandboxes=(running(WEB), running(WEB, uid="u2"))),
            "sandbox",
            "2 sandboxes of the pod are ready at once",
        ),
        (replace(GOOD, sandboxes=(running(NEXT),)), "sandbox", "the pod that runs is from another manifest"),
        (
            replace(GOOD, sandboxes=(running(WEB, generation=9),)),
            "sandbox",
            "the pod that runs is from another manifest",
        ),
        (
            replace(
                GOOD, sandboxes=(running(WEB, containers=(ObservedContainer("main", "CONTAINER_EXITED"),)),)
            ),
            "sandbox",
            "`main` does not run",
        ),
        (replace(GOOD, mirror=None), "mirror", "the API has no pod `default/web-n1`"),
        (
            replace(GOOD, mirror=mirror(WEB, uid="old")),
            "mirror",
            "the mirror pod still belongs to the old pod",
        ),
        (
            replace(GOOD, mirror=mirror(WEB, config_mirror=None)),
            "mirror",
            "a regular pod owns the name `default/web-n1`",
        ),
        (replace(GOOD, mirror=mirror(WEB, deleting=True)), "mirror", "the mirror pod is being deleted"),
        (replace(GOOD, mirror=mirror(WEB, ready=False)), "mirror", "the mirror pod is Running"),
    ],
)
def test_one_source_that_disagrees_is_enough_to_prove_nothing(evidence, source, detail) -> None:
    health = judge(wanted(), evidence)
    assert not health.agreed
    assert {entry.source: entry.detail for entry in health.missing} == {source: detail}


def test_the_stale_mirror_of_an_update_proves_nothing() -> None:
    """The old mirror says Ready while nothing runs, and while the old pod still does."""
    new_file = written(NEXT, generation=2).sha256
    stale = mirror(WEB)
    assert not judge(updating(), Evidence(new_file, (), stale)).agreed
    assert not judge(updating(), Evidence(new_file, (running(WEB),), stale)).agreed
    assert not judge(updating(), Evidence(new_file, (running(NEXT, uid="u2", generation=2),), stale)).agreed
    assert not judge(updating(), Evidence(new_file, Unavailable("no crictl"), stale)).agreed


@pytest.mark.parametrize("generation", [2, 3])
def test_first_and_second_write_prove_an_update_alike(generation) -> None:
    evidence = Evidence(
        written(NEXT, generation).sha256,
        (running(NEXT, uid="u2", generation=generation),),
        mirror(NEXT, uid="u2", generation=generation),
    )
    assert judge(updating(), evidence).agreed


def test_a_mirror_edited_to_our_stamp_is_still_of_the_old_uid() -> None:
    forged = mirror(NEXT, uid="u1", generation=2)
    evidence = Evidence(written(NEXT, 2).sha256, Unavailable("no crictl"), forged)
    assert not judge(updating(), evidence).agreed


def test_a_source_that_cannot_be_read_is_unknown_and_the_others_decide() -> None:
    health = judge(wanted(), replace(GOOD, mirror=Unavailable("there is no kubeconfig")))
    assert health.agreed
    assert [(entry.source, entry.detail) for entry in health.unknown] == [
        ("mirror", "there is no kubeconfig")
    ]
    assert judge(wanted(), replace(GOOD, sandboxes=Unavailable("no crictl"))).agreed


def test_the_file_alone_proves_only_the_file() -> None:
    blind = Evidence(IN_PLACE, Unavailable("no crictl"), Unavailable("no kubeconfig"))
    assert not judge(wanted(), blind).agreed
    assert judge(wanted(WaitFor.FILE), blind).agreed


def test_running_does_not_wait_for_the_mirror_and_mirror_not_for_ready() -> None:
    assert judge(wanted(WaitFor.RUNNING), replace(GOOD, mirror=None)).agreed
    assert judge(wanted(WaitFor.MIRROR), replace(GOOD, mirror=mirror(WEB, ready=False))).agreed


def test_the_reason_a_container_waits_is_told() -> None:
    waiting = ContainerState("main", "waiting", reason="ErrImagePull", message="not found")
    health = judge(wanted(), replace(GOOD, mirror=mirror(WEB, ready=False, containers=(waiting,))))
    assert health.missing[0].detail == "container `main` is waiting: ErrImagePull: not found"


def test_a_pod_that_runs_to_completion_is_proven_by_having_ended_well() -> None:
    once = replace(wanted(), runs_to_completion=True)
    ended = running(WEB, ready=False, containers=(ObservedContainer("main", "CONTAINER_EXITED"),))
    succeeded = mirror(WEB, ready=False, phase="Succeeded")
    assert judge(once, Evidence(IN_PLACE, (ended,), succeeded)).agreed
    assert not judge(wanted(), Evidence(IN_PLACE, (ended,), succeeded)).agreed


GONE = Evidence(None, (running(WEB, ready=False, containers=()),), None)


def test_gone_means_no_file_no_ready_sandbox_and_no_mirror() -> None:
    assert judge(gone(), GONE).agreed
    assert judge(gone(), replace(GONE, mirror=mirror(WEB, config_mirror=None))).agreed


@pytest.mark.parametrize(
    ("evidence", "source"),
    [
        (replace(GONE, file="0" * 64), "file"),
        (replace(GONE, sandboxes=(running(WEB),)), "sandbox"),
        (replace(GONE, sandboxes=(running(WEB, ready=False),)), "sandbox"),
        (replace(GONE, mirror=mirror(WEB)), "mirror"),
        (replace(GONE, mirror=mirror(WEB, deleting=True)), "mirror"),
    ],
)
def test_whatever_stays_is_named(evidence, source) -> None:
    health = judge(gone(), evidence)
    assert not health.agreed
    assert [entry.source for entry in health.missing] == [source]


def test_a_finalizer_that_holds_the_mirror_is_named() -> None:
    held: MirrorPod = mirror(WEB, deleting=True, finalizers=("example.com/hold",))
    [entry] = judge(gone(), replace(GONE, mirror=held)).missing
    assert entry.detail == "the finalizer `example.com/hold` holds the mirror pod"


def test_a_silent_api_does_not_hide_that_the_node_says_gone() -> None:
    health = judge(gone(), replace(GONE, mirror=Unavailable("timed out")))
    assert health.agreed
    assert health.unknown
    assert not judge(gone(), Evidence(None, Unavailable("no crictl"), Unavailable("timed out"))).agreed
