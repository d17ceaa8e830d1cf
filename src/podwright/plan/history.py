"""What a node's history holds of a manifest, and to which of it the manifest can be rolled back."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from podwright.manifests.workload import whatever_slot


class Fate(StrEnum):
    """What came of a revision: `good` is proven and held, which `written` is not (yet).

    What was good and then failed while its run went on has `regressed`; what failed and was taken back is `reverted`, what
    was taken back because its run failed elsewhere `withdrawn`.
    """

    WRITTEN = "written"
    GOOD = "good"
    FAILED = "failed"
    REGRESSED = "regressed"
    REVERTED = "reverted"
    WITHDRAWN = "withdrawn"


class Revision(Struct, frozen=True):
    """One content of one manifest, as it was written: `number` is the generation of its first write.

    `who` wrote it in which `run`, when and why; `proof` says how its fate is known, `proven_at` when (Unix seconds). One
    that lay there before there was a history has no `run`. `created`: nothing of the workload lay there before it.
    """

    name: str
    number: int
    content: bytes
    digest: str
    images: tuple[str, ...] = ()
    who: str = ""
    when: str = ""
    run: str = ""
    command: str = ""
    why: str = ""
    fate: Fate = Fate.WRITTEN
    proof: str = ""
    proven_at: int = 0
    created: bool = False


def newest_first(history: Iterable[Revision], name: str) -> tuple[Revision, ...]:
    """Of a workload, in whichever of its slots it was: their numbers count on from one another."""
    mine = [revision for revision in history if whatever_slot(revision.name) == whatever_slot(name)]
    return tuple(sorted(mine, key=lambda one: (one.number, one.when), reverse=True))


def revision_of(history: Iterable[Revision], name: str, number: int) -> Revision | None:
    return next((one for one in newest_first(history, name) if one.number == number), None)


def last_good(history: Iterable[Revision], name: str, *, other_than: str) -> Revision | None:
    """The newest one that was proven and has other content than that of the digest."""
    revisions = newest_first(history, name)
    return next((one for one in revisions if one.fate is Fate.GOOD and one.digest != other_than), None)


def older_equal(history: Iterable[Revision], name: str, digest: str, last: int = 0) -> Revision | None:
    """The newest one of that content, if another was written after it; `last`: a number that is known to be there."""
    revisions = newest_first(history, name)
    newest = next((one for one in revisions if one.digest == digest), None)
    return newest if newest and newest.number < max(last, revisions[0].number) else None


def failed_before(history: Iterable[Revision], name: str, digest: str) -> Revision | None:
    """The newest one of that content if it failed, whoever took it back."""
    newest = next((one for one in newest_first(history, name) if one.digest == digest), None)
    return newest if newest and newest.fate in (Fate.REVERTED, Fate.FAILED) else None


def before_run(history: Iterable[Revision], name: str, run: str) -> Revision | None:
    """What lay there before a run wrote or removed the file, unless it is known to have failed; None: nothing."""
    revisions = newest_first(history, name)
    first = min((one for one in revisions if one.run == run), key=lambda one: one.number, default=None)
    if first and first.created:
        return None
    older = (one for one in revisions if first is None or one.number < first.number)
    return next((one for one in older if one.fate in (Fate.GOOD, Fate.WRITTEN)), None)


def written_by(history: Iterable[Revision], run: str) -> tuple[str, ...]:
    """The files of which the run wrote a revision."""
    return tuple(dict.fromkeys(one.name for one in history if one.run == run))
