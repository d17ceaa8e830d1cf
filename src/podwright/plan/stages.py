"""A node's plan: changes in stages, each applied and proven before the next begins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from podwright.plan.changes import Action, Change, Subject, collide
from podwright.plan.expectations import Expectation, WaitFor
from podwright.plan.writes import Write

SubjectT = TypeVar("SubjectT", bound=Subject)


class Stage(Struct, frozen=True):
    """Changes that are applied together, and what proves them."""

    changes: tuple[Change[Subject], ...] = ()
    expectations: tuple[Expectation, ...] = ()

    @property
    def writes(self) -> tuple[Write, ...]:
        return tuple(write for change in self.changes for write in change.writes)

    @property
    def wait_for(self) -> WaitFor:
        """How much of its changes is to be proven."""
        levels = {entry.wait_for for entry in self.expectations}
        return next((level for level in reversed(WaitFor) if level in levels), WaitFor.FILE)


class Plan(Struct, frozen=True):
    """Everything that is to happen on one node; the plain push has one stage."""

    node: str
    stages: tuple[Stage, ...] = ()

    @property
    def changes(self) -> tuple[Change[Subject], ...]:
        return tuple(change for stage in self.stages for change in stage.changes)

    @property
    def pending(self) -> tuple[Change[Subject], ...]:
        return tuple(change for change in self.changes if change.pending)

    @property
    def conflicts(self) -> tuple[Change[Subject], ...]:
        return tuple(change for change in self.changes if change.action is Action.CONFLICT)

    @property
    def expectations(self) -> tuple[Expectation, ...]:
        return tuple(expectation for stage in self.stages for expectation in stage.expectations)


def make_plan(
    node: str,
    changes: Iterable[Change[Subject]],
    *,
    wait_for: WaitFor = WaitFor.READY,
    timeout: float | None = None,
) -> Plan:
    """Put changes into stages, with what proves each; `timeout` in seconds overrides each pod's own deadline.

    With `wait_for` file no pod is waited for, so one stage has them all, in the same order.
    """
    groups = _groups(tuple(changes))
    if wait_for is WaitFor.FILE:
        groups = (tuple(change for group in groups for change in group),)
    stages = (
        Stage(group, _expectations((*group, *_replacing(group, groups)), wait_for, timeout))
        for group in groups
        if group
    )
    return Plan(node, tuple(stages))


def _replacing(
    group: Iterable[Change[Subject]], groups: Iterable[Iterable[Change[Subject]]]
) -> Iterator[Change[Subject]]:
    """What must go on running while what it replaces goes: until then the one may have answered the other's probe."""
    if any(change.ends for change in group):
        yield from (change for other in groups for change in other if change.starts_beside)


def _groups(changes: Sequence[Change[Subject]]) -> tuple[tuple[Change[Subject], ...], ...]:
    """What another change must give up first goes into an earlier stage; what is kept is proven with the last.

    What is pruned goes before anything is created: it may be the same pod, moved or renamed. What another slot's pod
    replaces goes after it is proven, and before what waits for that.
    """
    ending = tuple(change for change in changes if change.ends)
    if ending and len(ending) < len(changes):
        held = [change.subject for change in ending]
        others = tuple(change for change in changes if not change.ends)
        later = tuple(change for change in others if change.pending and blockers(change.subject, held))
        sooner = tuple(change for change in others if change not in later)
        return (*_groups(sooner), ending, *(_groups(later) if later else ()))
    pruned = tuple(change for change in changes if change.prunes)
    if pruned and any(change.action is Action.CREATE for change in changes):
        return (pruned, *_groups(tuple(change for change in changes if not change.prunes)))
    pending = [change for change in changes if change.pending]
    order = in_order([change.subject for change in pending])
    if len(order) < 2:
        return (tuple(changes),)
    stage_of = {id(subject): number for number, group in enumerate(order) for subject in group}
    last = len(order) - 1
    return tuple(
        tuple(change for change in changes if stage_of.get(id(change.subject), last) == number)
        for number in range(len(order))
    )


def in_order(subjects: Iterable[SubjectT]) -> tuple[tuple[SubjectT, ...], ...]:
    """Groups of what can be changed together, each after what it waits for; those that wait for each other stand last."""
    waiting, groups = list(subjects), []
    while waiting:
        holders = [subject for subject in waiting if subject.gives_up]
        free = [subject for subject in waiting if not blockers(subject, holders)]
        groups.append(tuple(free or waiting))
        taken = {id(subject) for subject in groups[-1]}
        waiting = [subject for subject in waiting if id(subject) not in taken]
    return tuple(groups)


def blockers(subject: SubjectT, others: Iterable[SubjectT]) -> tuple[SubjectT, ...]:
    """Those of `others` that have now what this one takes; the end of a file goes before its new beginning."""
    return tuple(
        other
        for other in others
        if other is not subject
        if (other.after is None if other.name == subject.name else collide(subject.takes, other.gives_up))
    )


def _expectations(
    changes: Iterable[Change[Subject]], wait_for: WaitFor, timeout: float | None
) -> tuple[Expectation, ...]:
    found = (entry for change in changes for entry in change.subject.expectations(change.action, wait_for))
    if timeout is None:
        return tuple(found)
    return tuple(replace(expectation, deadline=timeout) for expectation in found)
