"""One change of one thing on a node, of whatever kind: derived once from what is wanted and what was observed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

from podwright.plan.expectations import Expectation, WaitFor
from podwright.plan.history import Revision
from podwright.plan.reasons import Conflict, Difference, Reason
from podwright.plan.words import hint, message
from podwright.plan.writes import Write
from podwright.pods.host_ports import HostPort
from podwright.pods.pod_ref import PodRef

#: what only one thing on a node can have at a time
Resource = HostPort | PodRef


class Action(StrEnum):
    """What happens to a thing."""

    CREATE = "create"
    UPDATE = "update"
    RESTART = "restart"
    RELEASE = "release"
    ADOPT = "adopt"
    DELETE = "delete"
    KEEP = "keep"
    ORPHAN = "orphan"
    CONFLICT = "conflict"

    @property
    def writes(self) -> bool:
        """Whether anything is to be done on the node."""
        return self not in (Action.KEEP, Action.ORPHAN, Action.CONFLICT)


class Subject(Protocol):
    """A kind of thing on a node: it alone knows what its changes write, what proves them and what undoes them.

    The kind's own module compares what is wanted with what was observed and derives the changes.
    """

    @property
    def name(self) -> str:
        """Of the thing on its node; for a manifest, the file's."""

    @property
    def before(self) -> bytes | None:
        """The content that is there; None: nothing."""

    @property
    def after(self) -> bytes | None:
        """The content that is to be there; None: nothing."""

    @property
    def modes(self) -> tuple[str, str]:
        """The mode that it has and the one that it gets, in octal; the same if it has none, or is not there then."""

    @property
    def is_cosmetic(self) -> bool:
        """Whether what is there means what should be there, and is not what would be written."""

    @property
    def facts(self) -> Mapping[str, str | int | None]:
        """What a report shows of it beside its name."""

    @property
    def takes(self) -> tuple[Resource, ...]:
        """What it must have to itself once the change is made."""

    @property
    def gives_up(self) -> tuple[Resource, ...]:
        """What it has now and will have no more."""

    def writes(self, action: Action) -> tuple[Write, ...]:
        """The operation that the node performs."""

    def expectations(self, action: Action, wait_for: WaitFor) -> tuple[Expectation, ...]:
        """What proves the change; never empty for one that writes."""

    def revision(self, action: Action) -> Revision | None:
        """What the node's history keeps of the change; None: it brings no content that it lacks."""

    def found(self) -> Revision | None:
        """What was observed, for a history that has nothing of it."""

    def undo(self, action: Action, lies_there: str) -> tuple[Write, ...]:
        """What brings back what was observed; `lies_there` is the sha256 that the change, or its second write, left."""

    def back(self, action: Action) -> bytes | None:
        """What is to lie there once the change is taken back without us: what was observed, as none of our writes had it."""

    def undone(self, wait_for: WaitFor) -> tuple[Expectation, ...]:
        """What proves that what was observed is back."""


SubjectT_co = TypeVar("SubjectT_co", bound=Subject, covariant=True)


class Change(Struct, Generic[SubjectT_co], frozen=True):
    """One thing's part of a plan.

    `reasons`: why it is written, or every conflict that stops it. `restarts`: whether the kubelet sees another pod
    than before, so that one that runs is ended and another is started.
    """

    action: Action
    subject: SubjectT_co
    reasons: tuple[Reason[Conflict] | Reason[Difference], ...] = ()
    restarts: bool = False

    @property
    def name(self) -> str:
        return self.subject.name

    @property
    def pending(self) -> bool:
        """Whether anything is to be done on the node."""
        return self.action.writes

    @property
    def prunes(self) -> bool:
        """Whether it removes what the inventory no longer names."""
        return self.pending and any(reason.kind is Difference.ORPHANED for reason in self.reasons)

    @property
    def starts_beside(self) -> bool:
        """Whether its pod starts while that of the workload's other slot runs."""
        return self.pending and any(reason.kind is Difference.BESIDE for reason in self.reasons)

    @property
    def ends(self) -> bool:
        """Whether it removes what another slot's pod has replaced by then."""
        return self.pending and any(reason.kind is Difference.REPLACED for reason in self.reasons)

    @property
    def writes(self) -> tuple[Write, ...]:
        return self.subject.writes(self.action)

    def undo(self, lies_there: str) -> tuple[Write, ...]:
        return self.subject.undo(self.action, lies_there)

    @property
    def reason(self) -> str:
        return "; ".join(message(reason) for reason in self.reasons)

    @property
    def hint(self) -> str:
        return "\n".join(filter(None, dict.fromkeys(hint(reason) for reason in self.reasons)))


def collide(wanted: Iterable[Resource], others: Iterable[Resource]) -> bool:
    """Whether the two cannot have what they need at the same time."""
    others = tuple(others)
    return any(_same(one, other) for one in wanted for other in others)


def _same(one: Resource, other: Resource) -> bool:
    if isinstance(one, HostPort) and isinstance(other, HostPort):
        return one.collides(other)
    return one == other
