"""Confirms a run on a node over a new connection once everything is proven there; otherwise the node takes it back."""

from __future__ import annotations

import dataclasses

from msgspec.structs import replace

from podwright.errors import HostError
from podwright.operations.confirmation_time import to_confirm
from podwright.operations.prepare import Prepared
from podwright.operations.report import Outcome, Status, problems_on
from podwright.operations.world import Settings, World
from podwright.problem import Problem


def confirmed(outcome: Outcome, prepared: Prepared, world: World, settings: Settings) -> Outcome:
    """The outcome once the node waits for nothing; or with what it still waits for, and until when.

    If all was taken back, no switch is needed any more. What stands after a failure needs it.
    """
    back = {entry.file_name for entry in outcome.value.applied if entry.what == "restored"}
    applied = {entry.file_name for entry in outcome.value.applied} - back
    waiting = to_confirm(prepared.plan.changes, prepared.desired, settings)
    # by a worker that was lost before it could confirm; it may also have confirmed already
    found_done = not outcome.value.applied and not outcome.failed
    within = {change.name: seconds for change, seconds in waiting if found_done or change.name in applied}
    if not within:
        return outcome
    run, node = world.run.id, prepared.plan.node
    keep = f"`podwright manifest confirm {run} -l {node}` keeps it"
    reverted = {entry.file_name for entry in outcome.value.reverted}
    if outcome.failed and (stay := [name for name in within if name not in reverted]):
        names = ", ".join(f"`{name}`" for name in stay)
        waits = (
            f"{names} goes back by itself within {max(within.values()):.0f} s unless it is confirmed; {keep}"
        )
        return replace(outcome, warnings=(*outcome.warnings, waits))
    try:
        if _confirm(prepared, world) or found_done:
            return outcome
        late = Problem("it was taken back before it was confirmed", "see `podwright node pending`", node=node)
        why: tuple[Problem, ...] = (late,)
    except HostError as error:
        why = tuple(
            dataclasses.replace(
                one, message=f"it is not confirmed, so it goes back by itself: {one.message}", hint=keep
            )
            for one in problems_on(node, error)
        )
    return replace(outcome, status=Status.FAILED, problems=(*outcome.problems, *why))


def _confirm(prepared: Prepared, world: World) -> bool:
    """That a new connection can be made is what is to be shown: the one that is open may outlive what was broken."""
    from podwright.remote.node.switch import confirm

    with (world.reconnect or world.connect)(prepared.desired.node) as host:
        return confirm(host, prepared.observation, world.run.id)
