"""Whether static pods move with a kubelet's new configuration, and whether they may."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.unit.operations.test_judging_kubelet import HEAD, KUBELET, judged, seen

from podwright.plan.changes import Action
from podwright.plan.observed import KubeletFacts
from podwright.plan.provision.compare import compare
from podwright.plan.provision.kubelet_observed import KubeletSeen, Move

OLD, NEW = "/etc/kubernetes/manifests", "/etc/kubernetes/static"
READS = replace(KUBELET, facts=KubeletFacts(True, static_pod_path=OLD), move=Move(3))


def test_a_move_is_planned_and_said_as_such() -> None:
    found = judged(READS, staticPodPath=NEW)
    assert found.problems == ()
    kubelet = compare(found.items, seen(READS))[-1]
    assert kubelet.action is Action.UPDATE
    assert f"moves 3 static pods from `{OLD}` to `{NEW}`: they restart" in kubelet.reason


@pytest.mark.parametrize(
    ("kubelet", "path"),
    [
        (READS, OLD),
        (replace(READS, main=HEAD.encode() + b"failCgroupV1: false\n"), NEW),
        (replace(READS, flags={"pod-manifest-path": OLD}), NEW),
    ],
)
def test_nothing_moves_if_the_folder_stays_or_is_the_first_or_a_flag_names_it(
    kubelet: KubeletSeen, path: str
) -> None:
    found = judged(kubelet, staticPodPath=path)
    assert found.problems == ()
    assert found.items[-1].move[0] == ""


@pytest.mark.parametrize(
    ("kubelet", "path", "problem"),
    [
        (READS, "", "every static pod would end"),
        (READS, "static", "every static pod would end"),
        (READS, f"{OLD}/below", f"lies in `{OLD}`"),
        (replace(READS, move=Move(1, links="a.yaml")), NEW, "some are links: a.yaml"),
        (replace(READS, move=Move(1, occupied="b.yaml")), NEW, "has `b.yaml` already"),
        (
            replace(READS, sandboxes_problem="the node has no crictl"),
            NEW,
            "could not be proven: the node has no",
        ),
    ],
)
def test_what_speaks_against_it(kubelet: KubeletSeen, path: str, problem: str) -> None:
    [found] = judged(kubelet, staticPodPath=path).problems
    assert problem in found.message


def test_a_move_that_was_not_ended_is_said() -> None:
    moved = replace(READS, facts=KubeletFacts(True, static_pod_path=NEW), move=Move(unfinished=(OLD, NEW)))
    assert f"but `{OLD}` was not emptied" in judged(moved).warnings[0]
    [warning] = judged(replace(READS, move=Move(unfinished=(OLD, NEW)))).warnings
    assert f"to `{NEW}` was not ended" in warning
