"""What a run does on one node: observe it and plan, then change it and prove that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeGuard

from msgspec.structs import replace

from podwright.operations.confirmation import confirmed
from podwright.operations.converge import apply_plan
from podwright.operations.desired import Desired, Withdraw
from podwright.operations.failed_pod_rollback import Reversion
from podwright.operations.failed_run_revert import record_withdrawn
from podwright.operations.history_records import settle
from podwright.operations.interruption import LeftRunError
from podwright.operations.prepare import Prepared, prepare
from podwright.operations.report import Convergence, Outcome, failure
from podwright.operations.second_writes import after_second_write
from podwright.operations.waiting import Wait
from podwright.operations.world import Settings, World

Planned = Prepared | Outcome


class NodeWork(Protocol):
    """Does it, wherever."""

    def plan(self, desired: Desired, settings: Settings) -> Planned:
        """Observe one node and plan; changes nothing."""

    def change(self, plan: Prepared, settings: Settings) -> Outcome:
        """Apply one node's plan and prove it; what failed by evidence goes back."""


class WorkHere:
    """Does it in this process."""

    def __init__(self, world: World) -> None:
        self._world = world

    def plan(self, desired: Desired, settings: Settings) -> Planned:
        world, begun = self._world, self._world.clock()
        with world.connect(desired.node) as host:
            if desired.items is None:
                prepared = prepare(desired, host, world, settings)
            else:
                from podwright.operations.holds import heeding_holds  # a push pays for none of it
                from podwright.operations.provision import prepare_things

                prepared = heeding_holds(prepare_things(desired, host, world, settings), host, world)
        return replace(prepared, seconds=world.clock() - begun)

    def change(self, plan: Prepared, settings: Settings) -> Outcome:
        world, begun = self._world, self._world.clock()
        with world.connect(plan.desired.node) as host:
            if plan.desired.items is not None:
                from podwright.operations.provision import apply_things  # a push pays for none of it

                outcome = apply_things(plan, host, world, settings)
                return replace(outcome, seconds=plan.seconds + world.clock() - begun)
            outcome = apply_plan(plan, host, world, settings)
            if again := after_second_write(plan, outcome, host, world, settings):
                plan, outcome = again, apply_plan(again, host, world, settings)
            outcome = Reversion(plan, host, world, settings).of(outcome)
            if isinstance(plan.desired.from_node, Withdraw) and not outcome.failed:
                record_withdrawn(plan, outcome, f"taken back by the run {world.run.id}", host)
            settle(plan, outcome, host)
            outcome = confirmed(outcome, plan, world, settings)
        return replace(outcome, seconds=plan.seconds + world.clock() - begun)


def can_be_changed(plan: Planned) -> TypeGuard[Prepared]:
    return isinstance(plan, Prepared) and not plan.stopped


def outcome_of(plan: Planned) -> Outcome:
    """Of a node of which nothing more is done."""
    return plan.outcome() if isinstance(plan, Prepared) else plan


def not_planned(desired: Desired, error: BaseException) -> Planned:
    return failure(desired.node.name, error, Convergence())


def not_changed(plan: Planned, error: BaseException, waits: Mapping[str, Wait] | None = None) -> Outcome:
    """Of a node that was left while it was worked on, what was last known of it."""
    if not isinstance(plan, Prepared):
        return plan
    known, done = (waits or {}).get(plan.plan.node), Convergence(plan.plan)
    if known and isinstance(error, LeftRunError):
        done = replace(done, applied=known.applied, healths=known.proof.healths)
    return failure(plan.plan.node, error, done, begun=True)
