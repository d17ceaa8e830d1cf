"""What refuses a change of a node, and what fails one."""

from __future__ import annotations

import pytest
from tests.fakes.nouns import observation

from podwright.errors import HostError
from podwright.operations.provision_progress import Done
from podwright.operations.report import Status, problems_on
from podwright.plan.events import Event, Started, StepFailed, Written

HELD, PRESSED = StepFailed("held", "kim: maintenance"), StepFailed("pressure", "it is under pressure by now")


def after(*events: Event) -> Done:
    done = Done("n1", observation())
    for event in events:
        done = done.after(event)
    return done


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((HELD,), Status.REFUSED),
        ((PRESSED,), Status.REFUSED),
        ((StepFailed("untrusted", "/var"),), Status.FAILED),
        ((Started(1.0), PRESSED), Status.FAILED),  # something may have been changed
        ((StepFailed("untrusted", "/var"), HELD), Status.FAILED),
        ((Started(1.0), Written(2.0, "file /etc/a")), Status.CHANGED),
    ],
)
def test_only_what_changes_nothing_is_refused(events: tuple[Event, ...], expected: Status) -> None:
    assert after(*events).status is expected


def test_what_else_goes_wrong_is_a_failure() -> None:
    lost = problems_on("n1", HostError("the connection was lost"))
    assert after(HELD).failing(*lost).status is Status.FAILED
    assert after(HELD).failing().status is Status.REFUSED
