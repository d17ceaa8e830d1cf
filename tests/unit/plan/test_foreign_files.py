"""What was released by a note on the node is somebody else's, although podwright's mark is on it."""

from __future__ import annotations

import dataclasses

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, observation, written

from podwright.plan.changes import Action
from podwright.plan.compare import compare
from podwright.plan.expectations import WaitFor
from podwright.plan.writes import Own

WEB = manifest()
RELEASED = replace(written(WEB, generation=3), noted=True)
NEXT = manifest(image="example.com/web:2")
UNMARKED = dataclasses.replace(WEB, marked=False)


@pytest.mark.parametrize(
    ("desired", "absent", "options", "expected"),
    [
        ([WEB], [], {}, ("conflict", "`web.yaml` was released, and is not podwright's any more", False)),
        (
            [],
            ["web.yaml"],
            {},
            ("conflict", "`web.yaml` was released, and is not podwright's any more", False),
        ),
        (
            [WEB],
            [],
            {"restart": True},
            ("conflict", "`web.yaml` was released, and is not podwright's any more", False),
        ),
        (
            [WEB],
            [],
            {"adopt": True},
            ("adopt", "taken over as it lies there, with podwright's mark; nothing restarts", False),
        ),
        ([NEXT], [], {"adopt": True}, ("update", "taken over, which restarts its pod", True)),
        (
            [NEXT],
            [],
            {"note": True},
            ("adopt", "taken over as it lies there, with podwright's mark; nothing restarts", False),
        ),
        ([], ["web.yaml"], {"adopt": True}, ("delete", "removed although it is not podwright's", True)),
        ([UNMARKED], [], {"note": True}, ("keep", "", False)),
        ([UNMARKED], [], {}, ("release", "podwright's mark goes, which restarts the pod", True)),
    ],
)
def test_what_was_released_by_a_note_is_foreign_in_spite_of_its_mark(
    desired, absent, options, expected
) -> None:
    [change] = compare(desired, absent, observation(RELEASED), **options)
    assert (str(change.action), change.reason, change.restarts) == expected
    if change.action is Action.CONFLICT and desired:
        assert change.hint == "`podwright manifest adopt web` takes it over again"


def test_what_was_released_by_a_note_is_no_orphan_and_never_pruned() -> None:
    [orphan] = compare([], [], observation(replace(RELEASED, noted=False)), owner="")
    assert orphan.action is Action.ORPHAN
    for prune in (False, True):
        assert compare([], [], observation(RELEASED), owner="", prune=prune) == ()


def test_a_note_gives_up_a_file_that_keeps_its_mark_its_generation_and_its_pod() -> None:
    [change] = compare([UNMARKED], [], observation(written(WEB, generation=3)), note=True)
    assert (change.action, change.restarts, change.subject.generation) == (Action.RELEASE, False, 3)
    assert change.reason == "given up as it lies there: podwright's mark stays, and nothing restarts"
    assert change.writes == (Own("web.yaml", RELEASED.sha256, ours=False, marked=True),)
    [expected] = change.subject.expectations(change.action, WaitFor.READY)
    assert (expected.digest, expected.generations[0], expected.old_uid) == (WEB.digest, 3, "")
    assert change.subject.undo(change.action, RELEASED.sha256) == ()
    [again] = compare([WEB], [], observation(RELEASED), note=True)
    assert again.writes == (Own("web.yaml", RELEASED.sha256, ours=True, marked=True),)
