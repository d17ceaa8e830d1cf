"""How far a run came on a node, by the node's own history: so that any controller can tell, and go on."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from podwright.plan.history import Fate, Revision, before_run, newest_first, written_by


class Progress(StrEnum):
    """Of a file or a node, the worst first."""

    FAILED = "failed"
    WITHDRAWN = "taken back"
    WRITTEN = "written, not proven"
    OVERTAKEN = "done, and written by another run since"
    DONE = "done"
    NOT_REACHED = "not reached"


_OF_FATE = {
    Fate.FAILED: Progress.FAILED,
    Fate.REGRESSED: Progress.FAILED,
    Fate.REVERTED: Progress.FAILED,
    Fate.WITHDRAWN: Progress.WITHDRAWN,
    Fate.WRITTEN: Progress.WRITTEN,
    Fate.GOOD: Progress.DONE,
}


def progress_on(history: Iterable[Revision], run: str) -> Progress:
    """NOT_REACHED also if the run had nothing to write there."""
    history, kinds = tuple(history), [*Progress]
    found = [progress_of(history, name, run) for name in written_by(history, run)]
    return min(found, key=kinds.index, default=Progress.NOT_REACHED)


def progress_of(history: Iterable[Revision], name: str, run: str) -> Progress:
    """Of a file that the run wrote. What it took back it wrote once more, as it was before."""
    revisions = newest_first(history, name)
    newest, *earlier = (one for one in revisions if one.run == run)
    before = before_run(revisions, name, run)
    if earlier and before and newest.digest == before.digest:
        newest = next((one for one in earlier if one.fate in (Fate.REVERTED, Fate.WITHDRAWN)), newest)
    found = _OF_FATE[newest.fate]
    overtaken = revisions[0].run != run and found in (Progress.DONE, Progress.WRITTEN)
    return Progress.OVERTAKEN if overtaken else found
