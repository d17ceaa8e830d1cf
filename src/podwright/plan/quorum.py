"""Whether a guarded group can do without one of its nodes for a while, and in which order its nodes are changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

from msgspec import Struct

from podwright.inventory.guards import Guard, GuardKind
from podwright.plan.reasons import Guarded, Reason, because


class Health(StrEnum):
    """How a node's part of the group is: `absent` if no file there defines it."""

    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class Answer(StrEnum):
    """Whether a node may be changed; `unknown` is no yes."""

    ALLOW = "allow"
    REFUSE = "refuse"
    UNKNOWN = "unknown"


class Member(Struct, frozen=True):
    """What one node of the group shows; `why` it is not healthy, and what is `in_flight` there.

    `id` and `peers` are the ids that its etcd has for itself and for the others. `first` is the leader of an etcd, or holds
    the address.
    """

    node: str
    health: Health = Health.HEALTHY
    why: str = ""
    id: str = ""
    peers: tuple[str, ...] = ()
    first: bool = False
    learner: bool = False
    alarm: str = ""
    in_flight: Reason[Guarded] | None = None


class Group(Struct, frozen=True):
    """Every guarded node as it was just now; `silent`: why the address does not answer, `no_api`: why the API does not."""

    guard: Guard
    members: tuple[Member, ...]
    silent: str = ""
    no_api: str = ""

    @property
    def size(self) -> int:
        """How many members there are, those included that only others know of: each may be of a node that shows no id."""
        there = [one for one in self.members if one.health is not Health.ABSENT]
        shown = {one.id for one in there if one.id}
        known = {peer for one in there for peer in one.peers}
        return len(shown) + max(len(there) - len(shown), len(known - shown))

    def others(self, node: str) -> tuple[Member, ...]:
        return tuple(one for one in self.members if one.node != node)


class Verdict(Struct, frozen=True):
    """Whether a node may be changed, and all that speaks against it."""

    reasons: tuple[Reason[Guarded], ...] = ()

    @property
    def answer(self) -> Answer:
        if not self.reasons:
            return Answer.ALLOW
        known = any(reason.kind is not Guarded.UNKNOWN for reason in self.reasons)
        return Answer.REFUSE if known else Answer.UNKNOWN

    def accepting(self) -> Verdict:
        """If the loss of the quorum is accepted, only another change that is under way speaks against it."""
        return Verdict(tuple(reason for reason in self.reasons if reason.kind in _IN_FLIGHT))


_IN_FLIGHT = (Guarded.LOCKED, Guarded.LEASED, Guarded.ARMED)


def decide(group: Group, target: str) -> Verdict:
    """Whether what runs on `target` may end for a while. Only what is known to be well counts as well."""
    if all(one.health is Health.ABSENT for one in group.members):
        return Verdict(tuple(_in_flight(group, target)))
    if group.guard.kind is GuardKind.VIP:
        reasons = tuple(_of_address(group, target))
    elif group.guard.kind is GuardKind.ETCD:
        reasons = tuple(_of_etcd(group, target))
    else:
        reasons = tuple(_of_available(group, target))
    return Verdict((*_in_flight(group, target), *_unknown(group), *reasons))


def in_order(group: Group) -> tuple[str, ...]:
    """The nodes as they are to be changed: what is down first, the leader or the holder of the address last."""
    return tuple(one.node for one in sorted(group.members, key=_rank))


def reordered(nodes: tuple[str, ...], orders: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """The nodes of each order in it, at the places that they had among the others."""
    found = list(nodes)
    for order in orders:
        places = [place for place, name in enumerate(found) if name in order]
        there = [name for name in order if name in found]
        for place, name in zip(places, there, strict=True):
            found[place] = name
    return tuple(found)


def _rank(member: Member) -> int:
    return 2 if member.first else int(member.health is Health.HEALTHY)


def _in_flight(group: Group, target: str) -> Iterator[Reason[Guarded]]:
    for one in group.others(target):
        if one.in_flight:
            yield one.in_flight


def _unknown(group: Group) -> Iterator[Reason[Guarded]]:
    for one in group.members:
        if one.health is Health.UNKNOWN:
            yield because(Guarded.UNKNOWN, node=one.node, why=one.why)


def _healthy(members: Iterable[Member]) -> int:
    return sum(one.health is Health.HEALTHY for one in members)


def _down(members: Iterable[Member]) -> str:
    """Who is not healthy and why, in words; empty if all are."""
    down = [f"{one.node}: {one.why}" for one in members if one.health is Health.UNHEALTHY]
    return f" ({'; '.join(down)})" if down else ""


def _of_etcd(group: Group, target: str) -> Iterator[Reason[Guarded]]:
    for one in group.members:
        if one.learner:
            yield because(Guarded.LEARNER, node=one.node)
        if one.alarm:
            yield because(Guarded.ALARM, node=one.node, alarm=one.alarm)
    others = group.others(target)
    left, quorum = _healthy(others), group.size // 2 + 1
    if left < quorum:
        yield because(
            Guarded.QUORUM, left=str(left), size=str(group.size), quorum=str(quorum), down=_down(others)
        )


def _of_available(group: Group, target: str) -> Iterator[Reason[Guarded]]:
    """What is down already is not missed, and so may always be changed."""
    others = group.others(target)
    left = _healthy(others)
    if left < group.guard.min_available and _healthy(group.members) > left:
        yield because(
            Guarded.AVAILABLE, left=str(left), wanted=str(group.guard.min_available), down=_down(others)
        )


def _of_address(group: Group, target: str) -> Iterator[Reason[Guarded]]:
    address = group.guard.address
    if wrong := address_trouble(group):
        yield wrong
    elif any(one.first and one.node == target for one in group.members):
        if group.no_api:
            yield because(Guarded.NO_API, address=address, why=group.no_api)
        if not _healthy(group.others(target)):
            yield because(Guarded.NO_SUCCESSOR, address=address, down=_down(group.others(target)))


def address_trouble(group: Group) -> Reason[Guarded] | None:
    """Why the address does not serve as it should: exactly one node holds it, and it answers from another."""
    address, holders = group.guard.address, tuple(one.node for one in group.members if one.first)
    if not holders:
        return because(Guarded.NO_HOLDER, address=address)
    if len(holders) > 1:
        return because(Guarded.HOLDERS, address=address, nodes=holders)
    return because(Guarded.SILENT, address=address, why=group.silent) if group.silent else None
