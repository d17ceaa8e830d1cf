"""How far a run came, from nothing but what a node's history keeps."""

from __future__ import annotations

import pytest

from podwright.plan.history import Fate, Revision
from podwright.plan.run_progress import Progress, progress_on

OLD, MINE, BACK, LATER = "old", "r2", "r2", "r3"


def kept(number: int, run: str, fate: Fate, digest: str = "new", name: str = "web.yaml") -> Revision:
    return Revision(name, number, b"", digest, run=run, fate=fate)


BEFORE = kept(1, OLD, Fate.GOOD, "old")


@pytest.mark.parametrize(
    ("history", "progress"),
    [
        ((), Progress.NOT_REACHED),
        ((BEFORE,), Progress.NOT_REACHED),
        ((BEFORE, kept(2, MINE, Fate.GOOD)), Progress.DONE),
        ((kept(2, MINE, Fate.GOOD),), Progress.DONE),
        ((BEFORE, kept(2, MINE, Fate.WRITTEN)), Progress.WRITTEN),
        ((BEFORE, kept(2, MINE, Fate.FAILED)), Progress.FAILED),
        ((BEFORE, kept(2, MINE, Fate.REGRESSED)), Progress.FAILED),
        ((BEFORE, kept(2, MINE, Fate.REVERTED), kept(4, BACK, Fate.GOOD, "old")), Progress.FAILED),
        ((BEFORE, kept(2, MINE, Fate.WITHDRAWN), kept(4, BACK, Fate.GOOD, "old")), Progress.WITHDRAWN),
        ((kept(2, MINE, Fate.WITHDRAWN),), Progress.WITHDRAWN),
        ((BEFORE, kept(2, MINE, Fate.WITHDRAWN), kept(4, LATER, Fate.GOOD, "old")), Progress.WITHDRAWN),
        (
            (BEFORE, kept(2, MINE, Fate.REVERTED), kept(4, BACK, Fate.GOOD, "old"), kept(6, MINE, Fate.GOOD)),
            Progress.DONE,
        ),
        ((BEFORE, kept(2, MINE, Fate.GOOD), kept(4, LATER, Fate.GOOD)), Progress.OVERTAKEN),
        ((kept(2, MINE, Fate.GOOD), kept(1, MINE, Fate.WRITTEN, name="api.yaml")), Progress.WRITTEN),
    ],
)
def test_a_node_is_as_far_as_the_worst_of_its_files(history, progress) -> None:
    assert progress_on(history, MINE) is progress
