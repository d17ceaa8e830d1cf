"""Pods that a run takes from one node to another: removed and proven gone there just before they are created here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from threading import Lock

from msgspec.structs import replace

from podwright.manifests.workload import whatever_slot
from podwright.operations.fleet import Processor, result_of
from podwright.operations.interruption import NotBegunError
from podwright.operations.prepare import Prepared
from podwright.operations.report import Convergence, Outcome, Status, failure, problems_on
from podwright.operations.world import Settings
from podwright.plan.changes import Action, Change, Subject
from podwright.plan.expectations import WaitFor
from podwright.plan.stages import blockers, make_plan
from podwright.problem import Problem

Planned = Prepared | Outcome
#: applies a node's plan and proves it
Apply = Callable[[Prepared], Outcome]


class Moves:
    """The moves of one run. A node loses its pods at the turn of the node that gets one; if that never comes, not at all."""

    def __init__(self, plans: tuple[Planned, ...], apply: Apply, settings: Settings) -> None:
        going = [plan for plan in plans if isinstance(plan, Prepared) and not plan.stopped]
        created = {name for plan in going for name in _created(plan)}
        self._order = tuple(_name(plan) for plan in plans)
        self._apply = apply
        self._givers = {
            plan.plan.node: _Giver(plan, names, settings)
            for plan in going
            if (names := frozenset(whatever_slot(change.name) for change in _leaving(plan)) & created)
        }
        found = (self._left(plan) for plan in plans)
        #: what is to be done at each node's own turn
        self.plans = tuple(plan for plan in found if plan is not None)

    def _left(self, plan: Planned) -> Planned | None:
        giver = self._givers.get(_name(plan))
        return giver.rest if giver else plan

    def at_turn(self, plan: Planned, apply: Callable[[Planned], Outcome]) -> Outcome:
        """Take from other nodes what is created here; what is not proven gone there stops it here."""
        if not isinstance(plan, Prepared) or plan.stopped:
            return apply(plan)
        stuck = {
            name: node
            for node, giver in self._givers.items()
            for name in sorted(giver.names & _created(plan))
            if giver.leave(self._apply).failed
        }
        held = tuple(_held(name, plan.plan.node, stuck[name]) for name in stuck)
        plan = replace(plan, problems=(*plan.problems, *held))
        giver = self._givers.get(plan.plan.node)
        if giver is None:
            return apply(plan)
        if giver.leaves_first and giver.leave(self._apply).failed:
            return giver.result(None)
        with giver.lock:
            return apply(plan)

    def results(
        self, outcomes: Iterable[Outcome], processors: Iterable[Processor[Planned, Outcome]]
    ) -> Iterator[Outcome]:
        """One of each node: what it lost and what was done at its turn, in one."""
        processors, done = tuple(processors), {outcome.node: outcome for outcome in outcomes}
        for node in self._order:
            giver = self._givers.get(node)
            outcome = giver.result(done.get(node)) if giver else done[node]
            if giver and outcome is not done.get(node):
                for processor in processors:
                    processor.finished(outcome)
            yield outcome


class _Giver:
    """A node that loses `names` to others, at once, whoever asks first; `rest` is what else is to be done there."""

    def __init__(self, plan: Prepared, names: frozenset[str], settings: Settings) -> None:
        leaving = [change for change in _leaving(plan) if whatever_slot(change.name) in names]
        others = [change for change in plan.plan.changes if change not in leaving]
        pending = any(change.pending for change in others)
        self.names = names
        self.leaves_first = bool(_created(plan)) or any(
            blockers(change.subject, [one.subject for one in leaving]) for change in others
        )
        self._first = _only(plan, leaving, settings) if pending else plan
        self.rest = _only(plan, others, settings) if pending else None
        self._outcome: Outcome | None = None
        self._leaves = Lock()
        #: the node's own turn and another's may come at the same time
        self.lock = Lock()

    def leave(self, apply: Apply) -> Outcome:
        with self._leaves, self.lock:
            if self._outcome is None:
                self._outcome = result_of(apply, self._first, _failed)
            return self._outcome

    def result(self, after: Outcome | None) -> Outcome:
        if self._outcome is None:
            names = ", ".join(f"`{name}`" for name in sorted(self.names))
            stays = NotBegunError(f"{names} was left alone: the node that is to have it was not begun")
            if after is None:
                return failure(self._first.plan.node, stays, Convergence(self._first.plan))
            status = after.status if after.failed else Status.FAILED
            problems = (*after.problems, *problems_on(after.node, stays))
            return replace(after, status=status, problems=problems)
        return joined(self._outcome, after) if after and after is not self._outcome else self._outcome


def moving(plans: Iterable[Prepared]) -> frozenset[str]:
    """What leaves one node and is created on another."""
    plans = tuple(plans)
    leaving = {whatever_slot(change.name) for plan in plans for change in _leaving(plan)}
    return frozenset(name for plan in plans for name in _created(plan) if name in leaving)


def joined(before: Outcome, after: Outcome) -> Outcome:
    """One node's result of both parts."""
    one, two = before.value, after.value
    stages = (*(one.plan.stages if one.plan else ()), *(two.plan.stages if two.plan else ()))
    plan = replace(one.plan, stages=stages) if one.plan else two.plan
    worst = next((part.status for part in (after, before) if part.failed), Status.CHANGED)
    return replace(
        after,
        status=worst,
        value=Convergence(
            plan,
            (*one.applied, *two.applied),
            (*one.healths, *two.healths),
            (*one.gaps, *two.gaps),
            (*one.findings, *two.findings),
            (*one.reverted, *two.reverted),
        ),
        problems=tuple(dict.fromkeys((*before.problems, *after.problems))),
        warnings=tuple(dict.fromkeys((*before.warnings, *after.warnings))),
        seconds=before.seconds + after.seconds,
    )


def _only(plan: Prepared, changes: Iterable[Change[Subject]], settings: Settings) -> Prepared:
    """The plan of these changes alone; what the others are about is not this part's to judge."""
    node, changes = plan.desired.node, tuple(changes)
    kept = {change.name for change in changes}
    return replace(
        plan,
        desired=replace(plan.desired, absent=tuple(name for name in plan.desired.absent if name in kept)),
        plan=make_plan(
            plan.plan.node, changes, wait_for=settings.wait_for_on(node), timeout=settings.timeout_on(node)
        ),
        seconds=0.0,
    )


def _leaving(plan: Prepared) -> Iterator[Change[Subject]]:
    """What is pruned; of pods that run on one node at a time, also what was removed before and may not have ended."""
    for change in plan.plan.changes:
        single = whatever_slot(change.name) in plan.desired.single and change.subject.after is None
        single = single and not change.ends
        if change.prunes or (single and change.subject.expectations(change.action, WaitFor.READY)):
            yield change


def _created(plan: Prepared) -> frozenset[str]:
    """New here, not only in this slot."""
    return frozenset(
        whatever_slot(change.name)
        for change in plan.plan.changes
        if change.action is Action.CREATE and not change.starts_beside
    )


def _held(name: str, node: str, where: str) -> Problem:
    return Problem(
        f"`{name}` was left alone: on {where} it is not proven gone", "run the same command again", node=node
    )


def _name(plan: Planned) -> str:
    return plan.plan.node if isinstance(plan, Prepared) else plan.node


def _failed(plan: Prepared, error: BaseException) -> Outcome:
    return failure(plan.plan.node, error, Convergence(plan.plan), begun=True)
