"""Evidence as it comes: what is held, who fell silent, how long nothing ran."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tests.fakes.nouns import manifest, mirror, observation, running, written
from tests.unit.operations.conftest import FakeMirrors, sandbox

from podwright.operations.timeline import Gap, Timeline
from podwright.operations.verify import SILENCE_SECONDS, Verification, silence
from podwright.plan.changes import make_plan
from podwright.plan.events import ClockRead, FilesSeen, RuntimeSeen, RuntimeUnavailable, Ticked
from podwright.plan.expectations import expectations
from podwright.plan.health import Says, WaitFor
from podwright.plan.observed import Unavailable
from podwright.remote.node.crictl import parse_runtime

WEB = manifest()
FULL_NAME = WEB.pod.on("n1")


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class Watched:
    """A verification of WEB, in place already, fed by hand."""

    def __init__(self, *, hold: float = 3, wait_for: WaitFor = WaitFor.READY, gone: bool = False) -> None:
        self.clock = Clock()
        self.mirrors = FakeMirrors({} if gone else {FULL_NAME: mirror(WEB)})
        look = observation(written(WEB))
        plan = make_plan([], ["web.yaml"], look) if gone else make_plan([WEB], [], look)
        wanted = expectations(plan, look, wait_for=wait_for)
        self.verification = Verification(wanted, look, self.mirrors, hold=hold, clock=self.clock)
        self.files(**({} if gone else {"web": written(WEB).sha256}))

    def files(self, **sums: str) -> None:
        self.verification.on_event(FilesSeen({f"{name}.yaml": digest for name, digest in sums.items()}))

    def runtime(self, *pods) -> None:
        listed = [entry for pod in pods for entry in pod["containers"]]
        seen = parse_runtime(
            "n1",
            json.dumps({"items": [pod["sandbox"] for pod in pods]}).encode(),
            json.dumps({"containers": listed}).encode(),
        )
        self.verification.on_event(RuntimeSeen(1.0, seen))

    def tick(self, seconds: float = 0) -> bool:
        """Whether everything is proven and held."""
        self.clock.now += seconds
        return not self.verification.on_event(Ticked(1.0))


def test_what_is_proven_must_hold() -> None:
    watched = Watched()
    watched.runtime(sandbox(WEB))
    assert [watched.tick(), watched.tick(2.9), watched.tick(0.2)] == [False, False, True]


def test_containers_that_are_older_than_the_hold_need_not_be_waited_for() -> None:
    watched = Watched()
    watched.verification.on_event(ClockRead(1, 99999999999))
    watched.runtime(sandbox(WEB))
    assert [watched.tick(), watched.tick()] == [True, True]


@pytest.mark.parametrize(
    "interruption",
    [
        lambda watched: watched.runtime(sandbox(WEB, attempt=1)),
        lambda watched: watched.runtime(),
        lambda watched: watched.files(web="0" * 64),
        lambda watched: watched.mirrors.pods.update({FULL_NAME: mirror(WEB, ready=False)}),
        lambda watched: watched.mirrors.pods.update({FULL_NAME: mirror(WEB, uid="old")}),
    ],
)
def test_whatever_happens_meanwhile_starts_the_hold_anew(interruption) -> None:
    watched = Watched()
    watched.runtime(sandbox(WEB))
    assert not watched.tick()
    interruption(watched)
    assert not watched.tick(2.9)
    watched.runtime(sandbox(WEB, attempt=2))
    watched.files(web=written(WEB).sha256)
    watched.mirrors.pods[FULL_NAME] = mirror(WEB)
    assert [watched.tick(0.2), watched.tick(2.9), watched.tick(0.2)] == [False, False, True]


def test_a_file_that_somebody_else_changed_is_not_waited_for_until_the_deadline() -> None:
    watched = Watched()
    watched.runtime(sandbox(WEB))
    watched.files(web="0" * 64)
    ticks = [watched.verification.on_event(Ticked(at)) for at in (1, 5)]
    watched.files(web=written(WEB).sha256)
    ticks += [watched.verification.on_event(Ticked(5.5))]
    watched.files()
    ticks += [watched.verification.on_event(Ticked(at)) for at in (6, 10, 11)]
    assert ticks == [True, True, True, True, True, False]
    assert not watched.verification.healths[0].proven


def test_a_witness_that_falls_silent_is_waited_for_before_its_silence_is_accepted() -> None:
    watched = Watched()
    watched.runtime(sandbox(WEB))
    watched.tick()
    watched.mirrors.pods[FULL_NAME] = Unavailable("the stream broke")
    assert not watched.tick(SILENCE_SECONDS - 1)
    assert watched.tick(2)
    [health] = watched.verification.healths
    assert [entry.name for entry in health.unknown] == ["mirror"]


def test_a_runtime_that_gives_no_answer_any_more_is_waited_for() -> None:
    watched = Watched()
    watched.runtime(sandbox(WEB))
    watched.verification.on_event(RuntimeUnavailable("crictl's answer is not JSON"))
    assert not watched.tick(5)
    [health] = watched.verification.healths
    assert {entry.name: entry.says for entry in health.witnesses}["sandbox"] is Says.UNKNOWN


def test_nothing_is_proven_before_the_node_has_shown_its_files() -> None:
    look = observation(written(WEB), pods=(running(WEB),))
    wanted = expectations(make_plan([WEB], [], look), look, wait_for=WaitFor.READY)
    verification = Verification(wanted, look, FakeMirrors({FULL_NAME: mirror(WEB)}), hold=0, clock=Clock())
    assert verification.on_event(Ticked(1.0))
    assert not verification.healths[0].proven


def test_gone_is_confirmed_by_name() -> None:
    watched = Watched(gone=True)
    watched.runtime(sandbox(WEB, ready=False, state="CONTAINER_EXITED"))
    assert watched.tick()
    assert watched.mirrors.asked[-1] == (FULL_NAME, True)


def test_when_the_connection_is_lost_the_node_is_unknown_and_the_api_still_speaks() -> None:
    watched = Watched()
    watched.runtime(sandbox(WEB))
    [health] = silence(watched.verification.judge_now(), "the connection was lost")
    assert {entry.name: str(entry.says) for entry in health.witnesses} == {
        "file": "unknown",
        "sandbox": "unknown",
        "mirror": "yes",
    }
    assert not health.proven


def test_the_gap_is_from_the_write_or_the_last_sight_of_the_old_to_the_first_of_the_new() -> None:
    look = observation(written(WEB), pods=(running(WEB),))
    [expectation] = expectations(
        make_plan([manifest(image="example.com/web:2")], [], look), look, wait_for=WaitFor.READY
    )
    timeline = Timeline()
    timeline.wrote(1.5, "web.yaml")
    for at, pods in ((1.0, [running(WEB)]), (2.5, []), (4.25, [running(WEB, uid="u2")])):
        timeline.saw(at, tuple(pods))
    assert timeline.gap(expectation, "u2") == Gap("default/web-n1", 2.75)
    timeline.saw(2.0, (running(WEB),))
    assert timeline.gap(expectation, "u2") == Gap("default/web-n1", 2.25)
    assert timeline.gap(expectation, "u3") is None
    assert timeline.gap(replace(expectation, old_uid=""), "u2") is None
