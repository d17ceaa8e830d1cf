"""Puts every chosen node's manifests in place and proves that they run; remove is the same with nothing desired."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from msgspec.structs import replace

from podwright.errors import PodwrightError, ProblemsError
from podwright.manifests.workload import SUFFIX, whatever_slot
from podwright.operations.cluster_needs import missing_in_cluster
from podwright.operations.connections import kept_open
from podwright.operations.desired import Desired, Withdraw
from podwright.operations.fleet import Processor, run_on_all
from podwright.operations.mirror_evidence import not_asked
from podwright.operations.node_work import (
    NodeWork,
    Planned,
    WorkHere,
    can_be_changed,
    not_changed,
    not_planned,
    outcome_of,
)
from podwright.operations.pod_moves import Moves
from podwright.operations.prepare import Prepared
from podwright.operations.report import Convergence, Outcome, Report, Status
from podwright.operations.rollout import GoOn, RolledOut, Work
from podwright.operations.rollout_resumption import progress_in_words, resumed
from podwright.operations.rollout_strategy import rollout_of
from podwright.operations.single_pods_elsewhere import knowing_singles, known_elsewhere
from podwright.operations.unknown_names import refuse_mistyped_in
from podwright.operations.world import Settings, World
from podwright.plan.changes import Action
from podwright.plan.duplicate_nodes import Identity, same_nodes
from podwright.plan.expectations import WaitFor
from podwright.plan.prune_limit import Pruning, prunes_too_much
from podwright.plan.rollout_batches import Rollout
from podwright.plan.saved_plan import SavedPlan, stale
from podwright.plan.words import problem
from podwright.problem import Problem
from podwright.suggestion import closest

#: sees every node's planned outcome and in which batches they change; True means go ahead
Confirm = Callable[[tuple[Outcome, ...], Rollout], bool]


class DeclinedError(PodwrightError):
    """The person declined the plan; nothing was written."""

    def __init__(self) -> None:
        super().__init__("nothing was changed: the plan was not confirmed")


def converge_fleet(
    kind: str,
    desired: tuple[Desired, ...],
    world: World,
    settings: Settings,
    *,
    dry_run: bool = False,
    confirm: Confirm = lambda _, _rollout: True,
    go_on: GoOn = lambda _done: True,
    processors: Iterable[Processor[Planned, Outcome]] = (),
    elsewhere: NodeWork | None = None,
) -> Report[Convergence]:
    """Observe and plan on every node, then apply and prove on each, at most `settings.forks` at once.

    Nothing is written before every node was observed, nor unless `confirm` agrees (otherwise DeclinedError). Nodes change
    in batches, each further one if `go_on` agrees where that is wanted. Work on nodes is done here, or `elsewhere`. Raises
    UsageError for a name that is to be somewhere and is known nowhere.
    """
    if missing := missing_in_cluster(desired, world, settings):
        raise ProblemsError(missing)
    with kept_open(world) as kept:
        work = elsewhere or WorkHere(kept)
        desired = knowing_singles(desired, settings.site_nodes)
        plans = _plans(desired, work, kept, settings)
        refuse_mistyped_in(plans, settings.site_nodes)
        planned = tuple(outcome_of(plan) for plan in plans)
        write = not dry_run and not world.interruption()
        rollout = rollout_of(plans, kept, settings) if write else Rollout()
        pending = any(outcome.status is Status.PENDING for outcome in planned)
        if write and pending and not confirm(planned, rollout):
            raise DeclinedError
        if write:
            change = partial(_changed, go_on=go_on, processors=tuple(processors))
            outcomes, problems = change(plans, rollout, work, kept, settings)
        else:
            run = RolledOut(plans, rollout, kept, settings, processors)
            outcomes, problems = run.run(Work(outcome_of, not_changed), go_on), ()
    asked = dry_run and not world.without_api and _was_asked(desired, outcomes, settings)
    notes = (
        *_notes(world, outcomes, asked=asked),
        *([progress_in_words(plans, world.run.id)] if settings.resumes else []),
        *_nowhere(kind.removesuffix("Report").lower(), desired, outcomes, _names_on(plans)),
    )
    return Report(kind, outcomes, notes, problems)


def _plans(
    desired: tuple[Desired, ...], work: NodeWork, world: World, settings: Settings
) -> tuple[Planned, ...]:
    """Of every node, with what only shows once all are known. Raises UsageError for a run that cannot be gone on with."""
    plans = run_on_all(
        desired,
        partial(work.plan, settings=settings),
        not_planned,
        forks=settings.forks,
        interruption=world.interruption,
    )
    plans = tuple(_on_distinct_nodes(plans, api=not world.without_api))
    plans = tuple(_within_prune_limit(plans, settings))
    plans = tuple(known_elsewhere(plans, world, settings))
    if settings.saved:
        plans = tuple(_as_saved(plans, settings.saved))
    if settings.resumes:
        plans = tuple(resumed(plans, settings.resumes))
    return plans


def _changed(
    plans: tuple[Planned, ...],
    rollout: Rollout,
    node_work: NodeWork,
    world: World,
    settings: Settings,
    *,
    go_on: GoOn,
    processors: tuple[Processor[Planned, Outcome], ...],
) -> tuple[tuple[Outcome, ...], tuple[Problem, ...]]:
    """What came of each node, and what is wrong with the run itself."""

    def apply(plan: Planned) -> Outcome:
        return node_work.change(plan, settings) if can_be_changed(plan) else outcome_of(plan)

    moves = Moves(plans, apply, settings)
    work = Work(partial(moves.at_turn, apply=apply), partial(not_changed, waits=world.waits))
    run = RolledOut(moves.plans, rollout, world, settings, processors)
    return tuple(moves.results(run.run(work, go_on), processors)), run.problems


def _on_distinct_nodes(plans: Iterable[Planned], *, api: bool) -> Iterator[Planned]:
    """Two inventory names of one node would overwrite each other's files and both be proven: neither is written to."""
    plans = tuple(plans)
    seen = [
        Identity(plan.plan.node, plan.observation.node_name, plan.observation.kubelet.pid)
        for plan in plans
        if isinstance(plan, Prepared)
    ]
    found = same_nodes(seen, api=api)
    for plan in plans:
        if isinstance(plan, Prepared) and plan.plan.node in found:
            doubt = problem(found[plan.plan.node], plan.plan.node)
            yield replace(plan, problems=(*plan.problems, doubt))
        else:
            yield plan


def _within_prune_limit(plans: Iterable[Planned], settings: Settings) -> Iterator[Planned]:
    """A wrong inventory, or a variable misspelt, would take away what runs: then no node is written to."""
    plans = tuple(plans)
    found = prunes_too_much(
        (_pruning(plan) for plan in plans if isinstance(plan, Prepared)), settings.prune_max
    )
    for plan in plans:
        if found and isinstance(plan, Prepared) and plan.plan.pending:
            yield replace(plan, problems=(*plan.problems, problem(found, plan.plan.node)))
        else:
            yield plan


def _as_saved(plans: Iterable[Planned], saved: SavedPlan) -> Iterator[Planned]:
    """What was not planned then is not done now."""
    for plan in plans:
        then = saved.of(plan.plan.node) if isinstance(plan, Prepared) else None
        if isinstance(plan, Prepared) and (then is None or stale(then, plan.plan)):
            names = ", ".join(f"`{name}`" for name in stale(then, plan.plan)) if then else ""
            what = f"the saved plan is stale: {names}" if then else "the saved plan has nothing of this node"
            hint = "look at a new one: `podwright manifest push --plan-out FILE`"
            doubt = Problem(what, hint, node=plan.plan.node)
            yield replace(plan, problems=(*plan.problems, doubt))
        else:
            yield plan


def _pruning(plan: Prepared) -> Pruning:
    actions = [change.action for change in plan.plan.changes]
    held = sum(file.managed and file.stamp.owner == plan.desired.owner for file in plan.observation.files)
    left = held + actions.count(Action.CREATE) - actions.count(Action.DELETE)
    return Pruning(plan.plan.node, held, sum(change.prunes for change in plan.plan.changes), left)


def _names_on(plans: Iterable[Planned]) -> tuple[str, ...]:
    """What the observed nodes have, as a person names it."""
    files = (file for plan in plans if isinstance(plan, Prepared) for file in plan.observation.files)
    return tuple(whatever_slot(file.name).removesuffix(SUFFIX) for file in files)


def _nowhere(
    verb: str, desired: Iterable[Desired], outcomes: Iterable[Outcome], on_nodes: tuple[str, ...]
) -> Iterator[str]:
    """Names that were given and that no node has, so that a misspelt one is seen although it is no failure."""
    pairs = tuple(zip(desired, outcomes, strict=True))
    runs = {one.from_node.run for one, _ in pairs if isinstance(one.from_node, Withdraw)}
    if runs and not any(outcome.problems or outcome.value.healths for _, outcome in pairs):
        yield f"no observed node has anything of the run {', '.join(runs)}: there was nothing to take back"
    plans = [
        (one, outcome.value.plan)
        for one, outcome in pairs
        if outcome.value.plan and (outcome.value.plan.changes or one.from_node)
    ]
    # what a node is to bring back from its own history, it has
    found = {
        whatever_slot(change.name)
        for one, plan in plans
        for change in plan.changes
        if one.from_node or change.action is not Action.KEEP
    }
    sought = (name for one, _ in pairs for name in (*(one.absent if verb == "remove" else ()), *one.sought))
    for name in dict.fromkeys(sought):
        known = any(outcome.value.healths or outcome.problems for _, outcome in pairs)
        if plans and name not in found and not known:
            done = "roll back" if verb == "rollback" else verb
            named = (pod.name for one, _ in pairs for pod in one.node.static_pods)
            near = closest(name.removesuffix(SUFFIX), dict.fromkeys((*named, *on_nodes)))
            meant = f"; did you mean `{near}`?" if near else ""
            yield f"none of the observed nodes has a file `{name}`: there was nothing to {done}{meant}"


def _was_asked(desired: Iterable[Desired], outcomes: Iterable[Outcome], settings: Settings) -> bool:
    """Whether a plan asked the API: who owns the names that its pods will have, and what runs without a file."""
    return any(
        settings.wait_for_on(one.node) is not WaitFor.FILE
        for one, outcome in zip(desired, outcomes, strict=True)
        if outcome.status in (Status.PENDING, Status.UNCHANGED)
        and outcome.value.plan
        and outcome.value.plan.changes
    )


def _notes(world: World, outcomes: Iterable[Outcome], *, asked: bool) -> Iterator[str]:
    """What the reader must know to judge the report: whether the API was checked; `asked`: even if nothing was proven."""
    wanted = asked or any(
        health.expectation.wait_for is not WaitFor.FILE
        for outcome in outcomes
        for health in outcome.value.healths
    )
    if wanted and world.mirrors.unavailable:
        yield not_asked(world.mirrors)
