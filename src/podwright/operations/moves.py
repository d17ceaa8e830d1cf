"""Pods that a run takes from one node to another: pruned and proven gone there before they are created here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from podwright.operations.prepare import Prepared
from podwright.operations.report import Convergence, Outcome, Status
from podwright.plan.changes import Action
from podwright.problem import Problem

Planned = Prepared | Outcome


def moved(plans: Iterable[Planned]) -> frozenset[str]:
    """Files that one node loses and another gets."""
    going = [plan for plan in plans if isinstance(plan, Prepared) and not plan.stopped]
    return frozenset(name for plan in going for name in _pruned(plan)) & {
        name for plan in going for name in _created(plan)
    }


def leaving_first(plans: Iterable[Planned], names: frozenset[str]) -> Iterator[Prepared]:
    """What is to be done before anything moved is created: of a node that gets one itself, only what it loses."""
    for plan in plans:
        if isinstance(plan, Prepared) and not plan.stopped and names & _pruned(plan):
            stages = plan.plan.stages[:1] if names & _created(plan) else plan.plan.stages
            yield replace(plan, plan=replace(plan.plan, stages=stages))


def following(
    plans: Iterable[Planned], names: frozenset[str], done: Mapping[str, Outcome]
) -> Iterator[Planned]:
    """What is left once `done` is known of the nodes that lost something; nothing is created that may still run."""
    plans = tuple(plans)
    stuck = {
        name: plan.plan.node
        for plan in plans
        if isinstance(plan, Prepared) and plan.plan.node in done and done[plan.plan.node].failed
        for name in names & _pruned(plan)
    }
    for plan in plans:
        if not isinstance(plan, Prepared) or plan.stopped:
            yield plan
            continue
        before = done.get(plan.plan.node)
        if before and (before.failed or not names & _created(plan)):
            yield before
            continue
        held = [
            Problem(
                f"`{name}` was left alone: on {stuck[name]} it is not proven gone",
                "run the same command again",
                node=plan.plan.node,
            )
            for name in sorted(_created(plan) & stuck.keys())
        ]
        stages = plan.plan.stages[1:] if before else plan.plan.stages
        yield replace(
            plan,
            plan=replace(plan.plan, stages=stages),
            problems=(*plan.problems, *held),
            seconds=0.0 if before else plan.seconds,
        )


def joined(before: Outcome | None, after: Outcome) -> Outcome:
    """One node's result of both parts."""
    if before is None or before is after:
        return after
    one, two = before.value, after.value
    stages = (*(one.plan.stages if one.plan else ()), *(two.plan.stages if two.plan else ()))
    plan = replace(one.plan, stages=stages) if one.plan else two.plan
    status = Status.CHANGED if after.status is Status.UNCHANGED else after.status
    return replace(
        after,
        status=status,
        value=Convergence(
            plan,
            (*one.applied, *two.applied),
            (*one.healths, *two.healths),
            (*one.gaps, *two.gaps),
            (*one.findings, *two.findings),
            (*one.reverted, *two.reverted),
        ),
        warnings=tuple(dict.fromkeys((*before.warnings, *after.warnings))),
        seconds=before.seconds + after.seconds,
    )


def _pruned(plan: Prepared) -> frozenset[str]:
    return frozenset(change.name for change in plan.plan.changes if change.prunes)


def _created(plan: Prepared) -> frozenset[str]:
    return frozenset(change.name for change in plan.plan.changes if change.action is Action.CREATE)
