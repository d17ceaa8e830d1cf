"""What a node lacks for what is declared, unless the same run brings it: so a plan says what its changes would fail on."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from podwright.plan.provision.item import ABSENT, Item, Kind, Seen, is_as_wanted
from podwright.plan.provision.observed import NodeFacts
from podwright.plan.provision.sysctls import refusals
from podwright.plan.reasons import Conflict, Reason, because

#: what a node may report, by its words for it
LACKS: Mapping[str, Conflict] = {
    kind.value: kind
    for kind in (
        *(Conflict.NO_MODULE, Conflict.NO_MODULES, Conflict.NO_SYSCTL, Conflict.FIXED_SYSCTL),
        *(Conflict.NO_SERVICE_MANAGER, Conflict.NO_UNIT, Conflict.MASKED, Conflict.FIXED_UNIT),
        *(Conflict.NO_USER, Conflict.NO_GROUP, Conflict.NO_SELINUX, Conflict.NO_PROGRAM),
        Conflict.USER_BUSY,
        *(Conflict.READ_ONLY, Conflict.ABOVE_IS_NO_FOLDER, Conflict.NOT_EMPTY),
        *(Conflict.MOUNTED, Conflict.IMMUTABLE, Conflict.REFUSED_TEXT),
        *(Conflict.REFUSED_SETTINGS, Conflict.BAD_UNIT),
    )
}
#: what no package brings
_STAYS = (
    Conflict.FIXED_SYSCTL,
    Conflict.USER_BUSY,
    Conflict.NO_SELINUX,
    Conflict.READ_ONLY,
    Conflict.ABOVE_IS_NO_FOLDER,
    Conflict.REFUSED_TEXT,
    Conflict.REFUSED_SETTINGS,
    Conflict.MOUNTED,
    Conflict.IMMUTABLE,
)
_MOST_NAMES = 5


class Brought(Struct, frozen=True):
    """What a run is to bring before what needs it: paths, and names of users, who get a group each.

    What a package or a module brings is not known before it is there: if one is to come, it may be anything.
    """

    package: bool
    module: bool
    users: frozenset[str]
    files: frozenset[str]
    gone: frozenset[str]


def brought_by(items: Iterable[Item], things: Mapping[str, Seen]) -> Brought:
    pending = [item for item in items if not is_as_wanted(item.state, things[item.name].state)]
    coming = [item for item in pending if item.state != ABSENT]
    return Brought(
        any(item.kind is Kind.PACKAGE for item in coming),
        any(item.kind is Kind.MODULE and not things[item.name].lacks for item in coming),
        frozenset(item.key for item in coming if item.kind is Kind.USER),
        frozenset(item.key for item in coming if item.kind is Kind.FILE),
        frozenset(item.key for item in pending if item.state == ABSENT and item.key.startswith("/")),
    )


def lacking(item: Item, seen: Seen, brought: Brought) -> Iterator[Reason[Conflict]]:
    """Every reason why the node could not make of it what it is to be."""
    if item.kind is Kind.SYSCTL:
        yield from refusals(item.key, seen.state, item.state)
    for kind, what in seen.lacks:
        if kind is Conflict.NOT_EMPTY:
            yield from _not_empty(item, what, brought)
        elif not _is_brought(kind, what, item, brought):
            yield because(kind, name=item.key, what=what[:300])


def own_folder_problems(facts: NodeFacts) -> Iterator[tuple[str, str]]:
    """A message and a hint if a run could not keep its records and originals on the node."""
    for why in facts.own_folder:
        yield (
            f"podwright can keep nothing in `/var/lib/podwright/settings` there ({why})",
            "make root the owner of that and of what is above, take write permission from others, and mount it writable",
        )


def _is_brought(kind: Conflict, what: str, item: Item, brought: Brought) -> bool:
    match kind:
        case Conflict.NO_SYSCTL if brought.module:
            return True
        case Conflict.NO_USER | Conflict.NO_GROUP if what in brought.users:
            return True
        case Conflict.BAD_UNIT if _is_named(what, brought.files):
            return True
        case Conflict.NO_UNIT | Conflict.MASKED if _has_unit(item.key, brought.files):
            return True
        case Conflict.FIXED_UNIT if _has_unit(item.key, brought.files, ".service.d"):
            return True
    return brought.package and kind not in _STAYS


def _is_named(complaint: str, files: Iterable[str]) -> bool:
    """Whether it is about a program, or a unit, that the run brings."""
    words = {word.rstrip(":.,") for word in complaint.split()}
    return any(path in words or posixpath.basename(path) in words for path in files)


def _has_unit(service: str, files: Iterable[str], *endings: str) -> bool:
    """Whether one of the files is a unit of that name, what a generator makes one of, or lies in its `NAME` + ending."""
    name = service.removesuffix(".service")
    names = (name, f"{name.partition('@')[0]}@") if "@" in name else (name,)
    units = {f"{one}{ending}" for one in names for ending in ("", ".service", ".container")}
    folders = {f"{one}{ending}" for one in names for ending in endings}
    return any(
        posixpath.basename(path) in units or posixpath.basename(posixpath.dirname(path)) in folders
        for path in files
    )


def _not_empty(item: Item, entries: str, brought: Brought) -> Iterator[Reason[Conflict]]:
    names = [name for name in entries.split("/") if name and f"{item.key}/{name}" not in brought.gone]
    if names:
        more = ("…",) if len(names) > _MOST_NAMES else ()
        shown = (*(name[:100] for name in names[:_MOST_NAMES]), *more)
        yield because(Conflict.NOT_EMPTY, name=item.key, what=shown)
