"""Compares what a node is to have with what it shows, and derives one change for each thing; the order stays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from podwright.plan.changes import Action, Change
from podwright.plan.provision.item import ABSENT, Item, Kind, Seen, Thing, is_as_wanted
from podwright.plan.provision.mark import is_marked, was_edited
from podwright.plan.provision.observed import NodeSeen
from podwright.plan.provision.preconditions import Brought, brought_by, lacking
from podwright.plan.provision.rewritten_files import owner_of
from podwright.plan.reasons import Conflict, Difference, Reason, because


def compare(items: Iterable[Item], node: NodeSeen, *, adopt: bool = False) -> tuple[Change[Thing], ...]:
    """With `adopt` what lies there and is another's is taken over; podwright keeps the original on the node."""
    given = tuple(items)
    brought = brought_by(given, node.things)
    changes = tuple(_change(item, _secured(item, given, node), node, brought, adopt) for item in given)
    written = {
        change.subject.item.key for change in changes if change.pending and not _has_its_text(change.subject)
    }
    return tuple(_moving(_restarted(change, written, brought)) for change in changes)


def _secured(item: Item, items: Iterable[Item], node: NodeSeen) -> Seen:
    """A file's folder counts as what the same run makes of it and of those above it; the node looks again by then."""
    seen = node.things[item.name]
    if item.kind is not Kind.FILE:
        return seen
    folders = [
        one
        for one in items
        if one.kind is Kind.DIRECTORY and one.state != ABSENT and item.key.startswith(f"{one.key}/")
    ]
    for folder in folders:
        if not _is_roots(folder.state):
            return replace(seen, others_folder=f"`{folder.key}` is declared as {folder.state}")
    pending = any(not is_as_wanted(one.state, node.things[one.name].state) for one in folders)
    return replace(seen, others_folder="") if pending else seen


def _is_roots(state: str) -> bool:
    """Whether none but root may change a folder of this state."""
    _, mode, owner, *_ = state.split()
    return owner.partition(":")[0] in ("root", "0") and not int(mode, 8) & 0o022


def _has_its_text(thing: Thing) -> bool:
    """Of a file of which only the rights change: its time stays, and what reads it need not begin again."""
    old, new = thing.seen.state.split(), thing.item.state.split()
    return thing.item.kind is Kind.FILE and len(old) > 1 and old[:2] == new[:2]


def _moving(change: Change[Thing]) -> Change[Thing]:
    """That static pods restart is said before they do."""
    old, new, count = change.subject.item.move
    if not old or not change.pending:
        return change
    return replace(
        change, reasons=(*change.reasons, because(Difference.PODS_MOVE, old=old, new=new, count=count))
    )


def _restarted(change: Change[Thing], written: set[str], brought: Brought) -> Change[Thing]:
    """A service that is to have read its files begins again for those that change now."""
    item = change.subject.item
    if change.pending or written.isdisjoint(item.reads):
        return change
    if conflicts := tuple(lacking(item, change.subject.seen, brought)):
        return replace(change, action=Action.CONFLICT, reasons=conflicts)
    return replace(change, action=Action.UPDATE, reasons=(because(Difference.RESTARTED_FOR_FILES),))


def _change(item: Item, seen: Seen, node: NodeSeen, brought: Brought, adopt: bool) -> Change[Thing]:
    if item.kind is Kind.USER and seen.state != ABSENT and not seen.recorded:
        return Change(Action.CONFLICT, Thing(item, seen), (because(Conflict.FOREIGN_USER, name=item.key),))
    if is_as_wanted(item.state, seen.state):
        reasons = (because(Difference.ABSENT_ALREADY),) if item.state == ABSENT else ()
        return Change(Action.KEEP, Thing(item, seen), reasons)
    takes_over = seen.state.startswith("file ") and not _is_ours(seen)
    takes_home = item.kind is Kind.DIRECTORY and bool(item.asks) and not seen.recorded
    conflict = _conflict(item, seen, node, takes_over=(takes_over or takes_home) and not adopt)
    if conflicts := (*((conflict,) if conflict else ()), *lacking(item, seen, brought)):
        return Change(Action.CONFLICT, Thing(item, seen), conflicts)
    thing = Thing(item, seen, takes_over)
    return Change(_action(item, seen), thing, tuple(_differences(thing)))


def _action(item: Item, seen: Seen) -> Action:
    if item.kind is Kind.ORIGINAL:
        return Action.RELEASE
    if item.state == ABSENT:
        return Action.DELETE
    return Action.CREATE if seen.state.partition(" ")[0] == ABSENT else Action.UPDATE


def _is_ours(seen: Seen) -> bool:
    return seen.recorded or is_marked(seen.content)


def _conflict(item: Item, seen: Seen, node: NodeSeen, *, takes_over: bool) -> Reason[Conflict] | None:
    if seen.others_folder:
        return because(Conflict.OTHERS_FOLDER, name=item.key, whose=seen.others_folder)
    if item.kind not in (Kind.FILE, Kind.DIRECTORY):
        return None
    owner = owner_of(item.key, node.facts)
    if owner:
        return because(Conflict.OWNED_ELSEWHERE, name=item.key, owner=owner.who, where=owner.where)
    found = seen.state.partition(" ")[0]
    if found not in (ABSENT, str(item.kind)):
        return because(Conflict.OTHER_TYPE, name=item.key, found=found)
    if takes_over and found != ABSENT:
        kind = Conflict.FOREIGN if item.kind is Kind.FILE else Conflict.FOREIGN_HOME
        return because(kind, name=item.key)
    return None


def _differences(thing: Thing) -> Iterator[Reason[Difference]]:
    item, seen = thing.item, thing.seen
    if thing.takes_over:
        yield because(Difference.TAKEN_OVER)
    if item.kind is Kind.ORIGINAL:
        yield because(Difference.GIVEN_BACK if seen.original is not None else Difference.GONE)
    elif ABSENT not in (item.state, seen.state):
        yield from _changed_words(item, seen)


def _changed_words(item: Item, seen: Seen) -> Iterator[Reason[Difference]]:
    if item.kind is Kind.FILE and was_edited(seen.content):
        yield because(Difference.EDITED)
    old, new = seen.state.split(), item.state.split()
    if item.kind is Kind.FILE and old[1] != new[1]:
        yield because(Difference.CONTENT)
        old[1] = new[1]
    if not is_as_wanted(" ".join(new), " ".join(old)):
        yield because(Difference.STATE, found=_shown(item, old, new), wanted=_shown(item, new, old))


def _shown(item: Item, words: list[str], others: list[str]) -> str:
    """Of a file or a folder the words that differ; of anything else the whole state."""
    if item.kind not in (Kind.FILE, Kind.DIRECTORY):
        return " ".join(words)
    return " ".join(one for one, other in zip(words, others, strict=False) if one != other)
