"""What must be true after a plan, and which updates get a second write."""

from __future__ import annotations

import hashlib

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, mirror, observation, observed_file, running, written

from podwright.plan.compare import compare
from podwright.plan.expectations import WaitFor
from podwright.plan.leftovers import orphans
from podwright.plan.stages import make_plan
from podwright.pods.pod_ref import PodRef

WEB = manifest()
NEXT = manifest(image="example.com/web:2")


def expected(desired, absent, look, **options):
    return make_plan("n1", compare(desired, absent, look), **options).expectations


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_what_another_run_wrote_may_be_written_by_it_a_second_time() -> None:
    [one] = expected([WEB], [], observation(written(WEB, 3)))
    assert (one.sha256s, one.generations) == ((sha(WEB.text(3)), sha(WEB.text(4))), (3, 4))


def test_a_create_is_proven_by_its_one_text() -> None:
    [one] = expected([WEB], [], observation())
    assert (one.pod, one.sha256s, one.generations, one.old_uid) == (
        PodRef("default", "web-n1"),
        (sha(WEB.text(1)),),
        (1,),
        "",
    )


def test_an_update_is_proven_by_its_first_or_its_second_text_and_never_by_the_old_uid() -> None:
    [one] = expected([NEXT], [], observation(written(WEB, 4), pods=(running(WEB, generation=4),)))
    assert (one.sha256s, one.generations) == ((sha(NEXT.text(5)), sha(NEXT.text(6))), (5, 6))
    assert one.old_uid == "u1"


def test_what_is_kept_is_proven_by_the_bytes_that_lie_there() -> None:
    commented = observed_file("web.yaml", written(WEB, 3).content + b"# mine\n")
    [one] = expected([WEB], [], observation(commented))
    assert one.sha256s[0] == commented.sha256
    assert sha(WEB.text(3)) not in one.sha256s


def test_a_mended_mode_expects_no_restart() -> None:
    [one] = expected([WEB], [], observation(written(WEB, 3, mode="644"), pods=(running(WEB),)))
    assert (one.generations, one.old_uid) == ((3,), "")


def test_a_removal_expects_the_pod_of_the_nodes_file_gone_after_its_own_grace() -> None:
    patient = manifest("other", template="web", extra="  terminationGracePeriodSeconds: 300\n")
    [one] = expected([], ["web.yaml"], observation(written(patient)))
    assert (one.gone, one.pod, one.deadline) == (True, PodRef("default", "other-n1"), 330)


def test_a_new_pod_name_expects_the_old_one_gone_as_well() -> None:
    renamed = manifest("web2", template="web")
    new, old = expected([renamed], [], observation(written(WEB)))
    assert (new.pod.name, old.pod.name, old.gone, old.file_name) == ("web2-n1", "web-n1", True, "")


def test_a_conflict_expects_nothing() -> None:
    assert expected([WEB], [], observation(observed_file("web.yaml", "theirs"))) == ()


def test_absent_already_still_expects_what_it_left_behind_to_go() -> None:
    [one] = expected([], ["web.yaml"], observation(pods=(running(WEB),)))
    assert (one.gone, str(one.pod)) == (True, "default/web-n1")
    assert expected([], ["web.yaml"], observation()) == ()


def test_absent_already_still_expects_the_mirror_that_it_left_behind_to_go() -> None:
    shown = [mirror(WEB), mirror(manifest("other"))]
    look = observation(written(manifest("other")))
    [one] = make_plan("n1", compare([], ["web.yaml"], look, mirrors=shown)).expectations
    assert (one.gone, str(one.pod), one.file_name) == (True, "default/web-n1", "")


def test_a_pod_that_runs_on_and_its_mirror_are_one_expectation() -> None:
    look = observation(pods=(running(WEB),))
    changes = compare([], ["web.yaml"], look, mirrors=[mirror(WEB)])
    assert len(make_plan("n1", changes).expectations) == 1


def test_a_timeout_overrides_every_deadline() -> None:
    [one] = expected([WEB], [], observation(), timeout=7.5)
    assert one.deadline == 7.5


@pytest.mark.parametrize(
    "pod",
    [
        running(WEB, ready=False),
        running(WEB, digest=None),
        running(WEB, source="http"),
    ],
)
def test_only_ready_pods_of_ours_from_files_are_orphans(pod) -> None:
    assert orphans(observation(pods=(pod,))) == ()
    assert orphans(observation(pods=(running(WEB),))) == (running(WEB),)
    assert orphans(observation(written(WEB), pods=(running(WEB),))) == ()
    assert orphans(observation(pods=None)) == ()


def second(look, desired=NEXT):
    writes = [write for change in compare([desired], [], look) for write in change.writes]
    return tuple(write.second for write in writes if write.second)


def test_an_update_of_a_running_pod_is_written_twice() -> None:
    [one] = second(observation(written(WEB), pods=(running(WEB),)))
    assert (one.old_uid, one.text, one.seconds) == ("u1", NEXT.text(3), 40)


@pytest.mark.parametrize(
    "look",
    [
        observation(pods=(running(WEB),)),
        observation(written(WEB)),
        observation(written(WEB), pods=None),
        observation(written(WEB), pods=(running(WEB, ready=False),)),
        observation(written(WEB), pods=(running(WEB), running(WEB, uid="u2"))),
        observation(written(WEB), pods=(running(WEB, uid="../../etc"),)),
        observation(written(WEB), pods=(running(WEB, uid="u1\n0.2 x"),)),
        observation(written(NEXT), pods=(running(NEXT),)),
    ],
)
def test_whatever_leaves_no_hole_of_that_kind_is_not(look) -> None:
    assert second(look) == ()


@pytest.mark.parametrize("theirs", [b"no end", b"\xff\n", b"a\0b\n"])
def test_what_no_program_can_carry_as_text_is_left_to_its_backup(theirs) -> None:
    [change] = compare([WEB], [], observation(observed_file("web.yaml", theirs)), adopt=True)
    assert change.undo("0" * 64) == ()


def test_the_file_level_says_so() -> None:
    look = observation()
    [one] = expected([WEB], [], look, wait_for=WaitFor.FILE)
    assert one.wait_for is WaitFor.FILE
    assert replace(one, sha256s=()).gone
