"""What a person is told of a run that waits."""

from __future__ import annotations

from tests.fakes.nouns import manifest, observation, written

from podwright.operations.waiting import Wait, waits_in_words
from podwright.plan.compare import compare
from podwright.plan.proof import Proof
from podwright.plan.stages import make_plan

WEB = manifest()


def wait(since: float = 5.0, absent: tuple[str, ...] = ()) -> Wait:
    look = observation(written(WEB))
    plan = make_plan("n1", compare(() if absent else (WEB,), absent, look))
    return Wait(since, 195.0, Proof.begin(plan.expectations, look))


def test_nobody_waits() -> None:
    assert waits_in_words({}, 50.0) == ""


def test_what_is_missing_is_said_with_how_long_it_may_take() -> None:
    assert waits_in_words({"cp-1": wait()}, 50.0).startswith(
        "cp-1 waits for `default/web-n1` to be ready (no pod of that name runs"
    )
    assert waits_in_words({"cp-1": wait()}, 50.0).endswith("), 45 of at most 195 s")
    gone = waits_in_words({"cp-1": wait(absent=("web.yaml",))}, 50.0)
    assert gone.startswith("cp-1 waits for `default/web-n1` to be gone (")


def test_where_there_is_little_room_what_is_missing_stands_first() -> None:
    assert wait().why.startswith("no pod of that name runs")
    assert wait().why.endswith("(`default/web-n1` to be ready)")


def test_of_many_nodes_those_that_wait_longest_are_named() -> None:
    waits = {f"cp-{number}": wait(float(number)) for number in (4, 2, 1, 3, 5)}
    words = waits_in_words(waits, 50.0)
    assert [f"cp-{number} waits" in words for number in range(1, 6)] == [True, True, True, False, False]
    assert words.endswith("; 2 more wait")
