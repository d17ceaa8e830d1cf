"""Why a node's program stopped, and what to do about it."""

from __future__ import annotations

import pytest
from tests.fakes.nouns import observation

from podwright.operations.explain_stop import explain_stop
from podwright.plan.events import LockHeld, Refused, StepFailed
from podwright.plan.observed import ObservedLock


@pytest.mark.parametrize(
    ("detail", "remedy"),
    [
        ("dd: error writing 'x': No space left on device", "make room on the node"),
        ("mv: cannot move 'x': Read-only file system", "see in `dmesg` on the node why"),
        ("mkdir: cannot create directory: Permission denied", "set `ansible_become: true`"),
        ("rmdir: failed to remove '/srv/old': Directory not empty", "empty the folder on the node"),
        ("something else", "try to create a file there by hand"),
    ],
)
@pytest.mark.parametrize("step", ["stage", "lock-dir", "state-dir", "write", "back-up", "make-directory"])
def test_the_remedy_for_a_step_is_of_the_message_that_the_node_gave(step, detail, remedy) -> None:
    assert explain_stop(StepFailed(step, detail), observation()).hint.startswith(remedy)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (
            LockHeld(ObservedLock("9d3e", "grace@laptop (pid 7)")),
            "another run holds the lock of this node: grace@laptop (pid 7); `9d3e` expires in 0 s",
        ),
        (
            StepFailed("too-late", "web.yaml"),
            "the lock expired before the write: `web.yaml` was left as it is",
        ),
        (Refused("web.yaml", "absent"), "`web.yaml` changed between the observation and the write"),
        (
            StepFailed("stage", "dd: No space left on device"),
            "cannot create a file: dd: No space left",
        ),
        (
            StepFailed("state-dir", "/x"),
            "podwright's own folder on the node cannot be written to: `/x`",
        ),
        (StepFailed("back-up", ""), "the step `back-up` failed on the node: no reason given"),
    ],
)
def test_why_a_program_stopped(event, words) -> None:
    problem = explain_stop(event, observation())
    assert words in problem.message
    assert problem.hint
    assert problem.node == "n1"
