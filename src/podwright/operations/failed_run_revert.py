"""Takes back what a run did on a node, although it may run well there, because the run failed elsewhere; and proves that."""

from __future__ import annotations

import dataclasses

from msgspec.structs import replace

from podwright.errors import HostError
from podwright.operations.converge import apply_plan
from podwright.operations.desired import Desired, Withdraw
from podwright.operations.failed_pod_rollback import joined, undone
from podwright.operations.history_records import NOT_RECORDED, record_fate
from podwright.operations.prepare import Prepared, prepare
from podwright.operations.report import Outcome, Status, problems_on
from podwright.operations.world import Settings, World
from podwright.plan.history import Fate, before_run
from podwright.problem import Problem
from podwright.remote.host import Host

WHY = "the run failed"


def standing(outcome: Outcome) -> tuple[str, ...]:
    """The files that are as the run left them."""
    undone = {entry.file_name for entry in outcome.value.applied if entry.what in ("restored", "reverted")}
    undone.update(one.file_name for one in outcome.value.reverted)
    names = (entry.file_name for entry in outcome.value.applied if entry.file_name not in undone)
    return tuple(dict.fromkeys(names))


def withdrawn(done: Prepared, outcome: Outcome, world: World, settings: Settings) -> Outcome:
    """The outcome with what came of taking it back: the node has failed even so."""
    names = standing(outcome)
    removed = tuple(
        entry.file_name
        for entry in outcome.value.applied
        if entry.what == "deleted" and entry.file_name in names
    )
    desired = Desired(done.desired.node, from_node=Withdraw(world.run.id, removed))
    outcome = replace(outcome, status=Status.FAILED)
    try:
        with world.connect(done.desired.node) as host:
            back = prepare(desired, host, world, settings)
            after = apply_plan(back, host, world, replace(settings, why=WHY, confirm_within=0.0))
            if after.failed:
                return _failing(joined(outcome, after, ()), *after.problems)
            why = Problem(f"{', '.join(f'`{name}`' for name in names)} was taken back: {WHY} elsewhere")
            recorded = record_withdrawn(back, after, why.message, host)
    except HostError as error:
        return _failing(outcome, *problems_on(outcome.node, error))
    hint = "correct what failed, then push again"
    history = back.observation.history or ()
    reverted = tuple(undone(after, lambda name: before_run(history, name, world.run.id)))
    told = _failing(joined(outcome, after, reverted), dataclasses.replace(why, hint=hint, node=outcome.node))
    return told if recorded else replace(told, warnings=(*told.warnings, NOT_RECORDED))


def record_withdrawn(back: Prepared, after: Outcome, why: str, host: Host) -> bool:
    """On the node, of what its run wrote: why it was taken back; False if the node could not."""
    names = {entry.file_name for entry in after.value.applied}
    run = back.desired.from_node.run if isinstance(back.desired.from_node, Withdraw) else ""
    kept = tuple(
        one for one in back.observation.history or () if run and one.run == run and one.name in names
    )
    return record_fate(Fate.WITHDRAWN, why, kept, back, host)


def _failing(outcome: Outcome, *problems: Problem) -> Outcome:
    return replace(outcome, problems=(*outcome.problems, *problems))
