"""How a dead-man switch on a walk's node comes to its end, whatever was broken: by itself, or by who ends it by hand."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from tests.fakes.copies import replace
from tests.faults.operations import REVERT, Operation

if TYPE_CHECKING:
    from tests.faults.walk import Walk

#: in which a node that lives has taken back what it can, or tried to more than once
ALONE_SECONDS = 6


def until(condition: Callable[[], bool], complaint: str, detail: Callable[[], object]) -> None:
    deadline = time.monotonic() + 40
    while not condition():
        assert time.monotonic() < deadline, f"{complaint}{detail()}"
        time.sleep(0.05)


def waits(walk: Walk) -> bool:
    switch = walk.state / "switch"
    with suppress(FileNotFoundError):
        return bool([*switch.glob("*/armed"), *switch.glob("*/firing")])
    # it went just now
    return False


def end_switch(walk: Walk, operation: Operation) -> None:
    """What was decided the node carries out alone; otherwise the same command again, or that time is over, decides."""
    if operation.fires:
        end_what_fires(walk, operation)
        return
    walk.break_lock(operation)
    if operation.left and [*(walk.state / "switch").glob("*/armed")]:
        ran = walk.run(operation)
        assert ran.code == 0, f"the same command again fails ({ran.code}): {ran.err}"
    until(lambda: not waits(walk), "it still waits: ", lambda: [*(walk.state / "switch").rglob("*")])


def end_what_fires(walk: Walk, operation: Operation) -> None:
    """The node goes on alone if it lives, otherwise somebody ends it; what it tells of that is so."""
    begun = time.monotonic()
    while waits(walk) and time.monotonic() < begun + ALONE_SECONDS:
        time.sleep(0.05)
    walk.break_lock(operation)
    if waits(walk):
        ran = walk.run(replace(operation, words=REVERT))
        assert ran.code == 0, f"it cannot be ended by hand ({ran.code}): {ran.err}"
    told = walk.run(operation)
    states = {one["state"] for one in told.node["pending"]}
    assert not states & {"armed", "left"}, f"it still waits: {told.out}"
    assert walk.text() == walk.texts[operation.after], f"it is not back: {told.out}"
