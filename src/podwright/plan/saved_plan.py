"""A plan that was saved to be carried out later: what each node's files were and are to be, as digests, without contents."""

from __future__ import annotations

import hashlib

from msgspec import Struct

from podwright.plan.changes import Action, Change, Subject
from podwright.plan.stages import Plan


class SavedChange(Struct, frozen=True):
    """`observed` is the sha256 of what lay there (empty: nothing), `wanted` the digest of what is to lie there."""

    file: str
    action: Action
    observed: str = ""
    wanted: str = ""


class SavedNode(Struct, frozen=True):
    """All changes of one node, those too that keep a file."""

    node: str
    changes: tuple[SavedChange, ...] = ()


class SavedPlan(Struct, frozen=True):
    """Who made it and when; nodes that could not be planned for are not in it."""

    by: str
    at: str
    nodes: tuple[SavedNode, ...]

    def of(self, node: str) -> SavedNode | None:
        return next((one for one in self.nodes if one.node == node), None)


def as_saved(plan: Plan) -> SavedNode:
    return SavedNode(plan.node, tuple(sorted(map(_change, plan.changes), key=lambda one: one.file)))


def _change(change: Change[Subject]) -> SavedChange:
    before, digest = change.subject.before, change.subject.facts.get("digest")
    observed = hashlib.sha256(before).hexdigest() if before is not None else ""
    return SavedChange(change.name, change.action, observed, str(digest or ""))


def stale(saved: SavedNode, plan: Plan) -> tuple[str, ...]:
    """The files of which something else is planned now; one that is by now as it was to be is none."""
    then, now = {one.file: one for one in saved.changes}, {one.file: one for one in as_saved(plan).changes}
    return tuple(
        name
        for name in sorted({*then, *now})
        if then.get(name) != now.get(name) and not _done(then.get(name), now.get(name))
    )


def _done(then: SavedChange | None, now: SavedChange | None) -> bool:
    """Whether it was carried out since."""
    if then is None or not then.action.writes:
        return False
    if then.action is Action.DELETE:
        return now is None or (not now.action.writes and not now.observed)
    return now is not None and now.action is Action.KEEP and now.wanted == then.wanted
