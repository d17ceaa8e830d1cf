"""Crash loops, pods that come up and pods that are not ready, told apart from one look."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, mirror, observation, plan_of, pod_text, running, written

from podwright.manifests.manifest import Manifest
from podwright.plan.containers import crash_loop, crash_loops, not_ready, not_running, unwell
from podwright.plan.drift import drift
from podwright.plan.health import Evidence, judge
from podwright.plan.observed import ContainerState, ObservedContainer
from podwright.plan.reasons import Condition, Drift
from podwright.plan.words import message
from podwright.remote.node.crictl import parse_runtime

RECORDED = Path(__file__).parents[2] / "recorded" / "conformance"

WEB = manifest()
NOW = 1_000_000.0
LOOK = observation(written(WEB))
[WANTED] = plan_of([WEB], [], LOOK).expectations


def container(*, state="RUNNING", attempt=0, age=100.0):
    return ObservedContainer("main", f"CONTAINER_{state}", attempt, NOW - age)


def pod(*containers, age=200.0):
    return running(WEB, created_at=NOW - age, containers=containers)


@pytest.mark.parametrize(
    ("seen", "age", "loops"),
    [
        (container(), 200, False),
        (container(state="EXITED"), 200, False),
        (container(state="EXITED", attempt=1), 200, True),
        # restarts every 16 s: 6 s of run, 10 s of back-off
        (container(attempt=4, age=5), 70, True),
        (container(attempt=1, age=5), 21, True),
        # started four times in the first minute, well for ten minutes since
        (container(attempt=4, age=600), 660, False),
        # ran for a month, was killed once five minutes ago
        (container(attempt=1, age=300), 2_600_000, False),
        # no time known
        (replace(container(attempt=4), created_at=0.0), 70, False),
    ],
)
def test_a_crash_loop_is_seen_while_its_container_runs_too(seen, age, loops) -> None:
    assert crash_loops(seen, pod(seen, age=age), NOW) is loops


@pytest.mark.parametrize(
    ("seen", "age", "loops"),
    [
        # nothing was started in five sandboxes before, as their network could not be set up
        (container(attempt=0), 200, False),
        (replace(container(attempt=1, state="EXITED"), first=0), 200, True),
        (replace(container(attempt=1, age=5), first=0), 21, True),
        (replace(container(attempt=4, age=5), first=3), 70, True),
        (replace(container(attempt=1, age=300), first=0), 2_600_000, False),
        # the first one of this sandbox
        (container(attempt=3, age=5), 21, False),
        # as many starts before the sandbox as there were sandboxes
        (replace(container(attempt=6, age=5), first=5), 21, True),
    ],
)
def test_sandboxes_in_which_nothing_was_started_hide_no_crash_loop(seen, age, loops) -> None:
    assert crash_loops(seen, replace(pod(seen, age=age), attempt=5), NOW) is loops


def shown(**state):
    return mirror(WEB, ready=False, containers=(ContainerState("main", **state),))


LOOPING = ContainerState("main", "running", restart_count=4, exit_code=3, last_reason="Error")


@pytest.mark.parametrize(
    ("seen", "kind", "words"),
    [
        ((), Condition.NOT_STARTED, "`main` has not started yet"),
        ((container(state="CREATED"),), Condition.NOT_STARTED, "`main` has not started yet"),
        ((container(state="EXITED"),), Condition.CONTAINERS_DOWN, "`main` does not run"),
        (
            (container(attempt=4, age=5),),
            Condition.CRASH_LOOPING,
            "container `main` crash-loops: 4 restarts, last exit code 3 (Error)",
        ),
    ],
)
def test_what_the_runtime_shows(seen, kind, words) -> None:
    reason = not_running(WANTED, pod(*seen), mirror(WEB, containers=(LOOPING,)), NOW)
    assert reason is not None
    assert (reason.kind, message(reason)) == (kind, words)


def test_the_end_of_another_pods_container_is_not_told_of_this_one() -> None:
    old = mirror(WEB, uid="old", containers=(LOOPING,))
    reason = not_running(WANTED, pod(container(attempt=1, state="EXITED")), old, NOW)
    assert reason is not None
    assert message(reason) == "container `main` crash-loops: 1 restart"


def test_what_ran_to_its_end_does_not_crash_loop() -> None:
    once = replace(WANTED, runs_to_completion=True)
    assert not_running(once, pod(container(state="EXITED", attempt=1)), None, NOW) is None


@pytest.mark.parametrize(
    ("seen", "kind"),
    [
        (shown(state="waiting", reason="ContainerCreating"), Condition.CONTAINER_CREATING),
        (shown(state="waiting", reason="ErrImagePull"), Condition.CONTAINER_WAITS),
        (shown(state="waiting", reason="CrashLoopBackOff", restart_count=2), Condition.CRASH_BACK_OFF),
        (shown(state="running"), Condition.CONTAINERS_NOT_READY),
        (mirror(WEB, ready=False, phase=""), Condition.PENDING),
        (mirror(WEB, ready=False, phase="Failed"), Condition.FAILED),
        (mirror(WEB, ready=False), Condition.NOT_READY),
    ],
)
def test_what_the_api_shows(seen, kind) -> None:
    assert not_ready(seen).kind is kind


@pytest.mark.parametrize(
    ("seen", "api", "kinds"),
    [
        ((container(),), shown(state="running"), [Drift.POD_NOT_READY]),
        ((container(),), mirror(WEB, ready=False), [Drift.POD_NOT_READY]),
        ((), shown(state="waiting", reason="ContainerCreating"), [Drift.POD_CREATING]),
        ((), mirror(WEB, ready=False, phase="Pending"), [Drift.POD_CREATING]),
        ((), shown(state="waiting", reason="ErrImagePull"), [Drift.POD_NOT_RUNNING]),
        (
            (container(state="EXITED", attempt=2),),
            shown(state="waiting", reason="CrashLoopBackOff"),
            [Drift.POD_CRASH_LOOPING],
        ),
        ((container(attempt=4, age=5),), mirror(WEB), [Drift.POD_CRASH_LOOPING]),
        ((container(),), None, [Drift.MIRROR_MISSING]),
        ((container(),), mirror(WEB, uid="old"), [Drift.MIRROR_STALE]),
        ((container(),), mirror(WEB, deleting=True), [Drift.MIRROR_STALE]),
    ],
)
def test_each_state_of_a_pod_is_one_finding_of_its_own_kind(seen, api, kinds) -> None:
    sandbox = pod(*seen, age=70)
    health = judge(WANTED, Evidence(written(WEB).sha256, (sandbox,), api, NOW))
    assert [finding.drift for finding in drift(plan_of([WEB], [], LOOK), [health], LOOK, ())] == kinds


def test_the_containers_that_keep_the_newest_pod_down_are_told_from_those_that_are_well() -> None:
    ended = container(state="EXITED")
    pods = [pod(container(attempt=9), age=900), pod(container(), ended, age=10), running(manifest("other"))]
    assert unwell(WANTED, pods) == (ended,)
    assert unwell(WANTED, ()) == ()


def loops_in(recording: str) -> set[tuple[str, int]]:
    """Containers that seemed to crash-loop at any moment that was recorded of them, and their attempt."""
    known, found = {}, set()
    with gzip.open(RECORDED / recording / "runtime.jsonl.gz", "rt") as lines:
        for row in map(json.loads, lines):
            shown = row.get("container") or row["sandbox"]
            one = known[shown["id"]] = known.get(shown["id"], {}) | shown
            if "container" in row:
                listed = {"items": [known[one["podSandboxId"]]]}, {"containers": [one]}
                [pod] = parse_runtime("n", *(json.dumps(items).encode() for items in listed))
                [seen] = pod.containers
                if crash_loops(seen, pod, seen.created_at + 0.1):
                    found.add((seen.name, seen.attempt))
    return found


@pytest.mark.parametrize(
    ("recording", "loops"),
    [
        # the kubelet makes the pod again with its uid, and counts on
        ("01b-same-content-again-after-rm", set()),
        ("08-invalid-yaml-over-running", set()),
        ("12c-duplicate-remove-loser", set()),
        ("12d-duplicate-older-file-touched", set()),
        ("21-folder-removed", set()),
        ("27b-rm-and-push-again-at-once", set()),
        ("15c-crashloop", {("c", 1), ("c", 2), ("c", 3)}),
        ("15e-init-failing", {("i", 1), ("i", 2), ("i", 3)}),
        ("15h-oneshot-onfailure", {("c", 1), ("c", 2)}),
        ("15j-liveness-failing", {("c", 1), ("c", 2), ("c", 3)}),
    ],
)
def test_a_pod_that_is_made_again_does_not_crash_loop(recording, loops) -> None:
    assert loops_in(recording) == loops


@pytest.mark.parametrize(
    ("state", "kind"),
    [("EXITED", None), ("CREATED", Condition.CRASH_LOOPING), ("RUNNING", Condition.CRASH_LOOPING)],
)
def test_of_a_pod_that_runs_to_completion_one_rule_says_what_crash_loops(state, kind) -> None:
    """Whether its file is as it should be or not: what failed is about to start again, what ended may have ended well."""
    there = Manifest.parse(WEB.workload, pod_text(extra="  restartPolicy: OnFailure\n"))
    seen = pod(container(state=state, attempt=2, age=5), age=60)
    reason = crash_loop(there.containers, seen, None, NOW, completes=True)
    assert (reason and reason.kind) is kind
    look = observation(written(there), pods=(replace(seen, digest=there.digest),), clock=NOW)
    for desired in ([there], [manifest(image="example.com/web:2")]):
        plan = plan_of(desired, [], look)
        kept = [
            judge(one, Evidence(written(there).sha256, look.pods, None, NOW)) for one in plan.expectations
        ]
        found = drift(plan, kept if desired == [there] else (), look, ())
        assert (Drift.POD_CRASH_LOOPING in [one.drift for one in found]) is bool(kind)
