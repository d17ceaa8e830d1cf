"""Applies one node's plan and proves it, stage by stage; push and remove both come here."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress

from msgspec.structs import replace

from podwright.errors import HostError
from podwright.operations.confirmation_time import to_confirm
from podwright.operations.converge_progress import NodeRun
from podwright.operations.history_of_others import found_before, others_before, taken_over
from podwright.operations.history_records import revisions_of, with_fates
from podwright.operations.mirror_evidence import with_mirrors
from podwright.operations.prepare import Prepared
from podwright.operations.report import Outcome
from podwright.operations.waiting import Wait
from podwright.operations.world import Settings, World
from podwright.plan.events import LockAwaited, Ticked
from podwright.plan.expectations import Expectation, WaitFor
from podwright.plan.lock_times import GUARDED_LOCK_SECONDS, WRITE_LOCK_SECONDS
from podwright.plan.pending import Switch
from podwright.plan.proof import Proof
from podwright.plan.stages import Stage
from podwright.plan.writes import Put, Write
from podwright.remote.host import Host
from podwright.remote.node.apply import WriteOrder, apply

#: seconds beyond the program's own deadline in which its last events must arrive
LAST_EVENTS_SECONDS = 30.0
#: seconds to observe what stays after a removal if no kubelet is there to end it
WITHOUT_KUBELET_SECONDS = 2.0


def apply_plan(prepared: Prepared, host: Host, world: World, settings: Settings) -> Outcome:
    """Apply, prove, next stage: the first stage that is not proven is the last that is begun.

    Nothing to change means no write, and the same proof: from the observation alone if it is enough. A node of a guarded
    group is changed only while its group can do without it.
    """
    if prepared.stopped:
        return prepared.outcome()
    if is_guarded(prepared):
        from podwright.operations.guarded import under_guard

        return under_guard(
            prepared, host, world, settings, lambda held: _applied(prepared, host, world, held)
        )
    return _applied(prepared, host, world, settings)


def is_guarded(prepared: Prepared) -> bool:
    """Whether any pod that may end with the changes has a guard."""
    return any(map(prepared.desired.node.guard_of, prepared.disturbed))


def _applied(prepared: Prepared, host: Host, world: World, settings: Settings) -> Outcome:
    node = prepared.plan.node
    if prepared.observation.leftovers and not prepared.plan.pending and not world.interruption():
        _tidy(prepared, host, world, settings)
    run = NodeRun(prepared, _first_proof(prepared, world, settings), Stage())
    if run.proof.at_rest and run.proof.proven:
        return run.recorded().outcome()
    for stage in prepared.plan.stages:
        if run.problems or run.cut(world):
            run = run.skipping(stage)
            continue
        order = _order(stage, prepared, world, settings)
        before = others_before(stage, prepared, world, settings)
        run, began = run.beginning(stage), world.clock()
        try:
            with closing(apply(node, host, order, timeout=_timeout(order))) as events:
                for event in events:
                    run = run.after(event)
                    if isinstance(event, LockAwaited):
                        world.waits[node] = Wait(began, order.lock_wait, run.proof, lock=event.lock)
                        if run.cut(world):
                            break
                    if isinstance(event, Ticked):
                        run = run.proving(with_mirrors(run.proof, world.mirrors, world.clock()))
                        world.waits[node] = Wait(
                            began, order.watch_seconds, run.proof, run.awaited, applied=run.applied
                        )
                        # every first write is made, and a second one that is due the node makes alone
                        if run.cut(world) or run.over(event.uptime):
                            break
            run = run.proving(with_mirrors(run.proof, world.mirrors, world.clock())).with_logs(host, world)
        except HostError as error:
            # hostile output too: what was applied before it must not be forgotten
            run = run.lost(error, world)
        run = with_fates(run.judged(world), order, host, world, before).recorded()
    world.waits.pop(node, None)
    return run.outcome()


def _tidy(prepared: Prepared, host: Host, world: World, settings: Settings) -> None:
    """Remove what a run that was killed left; another run that goes on keeps its own, and nothing depends on this."""
    observation = prepared.observation
    order = WriteOrder(
        observation,
        lock_owner=str(world.run),
        lock_seconds=WRITE_LOCK_SECONDS,
        tidies=True,
        lock_broken=settings.break_lock,
    )
    with (
        suppress(HostError),
        closing(apply(prepared.plan.node, host, order, timeout=WRITE_LOCK_SECONDS)) as events,
    ):
        for _ in events:
            pass


def _first_proof(prepared: Prepared, world: World, settings: Settings) -> Proof:
    """What the observation shows; with nothing to change it may be proof enough."""
    plan = prepared.plan
    proof = Proof.begin(
        plan.expectations,
        prepared.observation,
        hold=settings.hold_on(prepared.desired.node),
        api=any(entry.wait_for is not WaitFor.FILE for entry in plan.expectations)
        and not world.mirrors.unavailable,
        at_rest=not plan.pending,
        wait_on=settings.patience_on(prepared.desired.node),
    )
    return with_mirrors(proof, world.mirrors, world.clock()) if proof.at_rest else proof


def _order(stage: Stage, prepared: Prepared, world: World, settings: Settings) -> WriteOrder:
    observation = prepared.observation
    watches = any(entry.wait_for is not WaitFor.FILE for entry in stage.expectations)
    deadline = max((entry.deadline for entry in stage.expectations), default=0.0)
    if not observation.kubelet.running:
        deadline = min(deadline, WITHOUT_KUBELET_SECONDS)
    watch_seconds = int(deadline + 0.999) if watches else 0
    # without a watch nothing waits for the end of the old pod
    writes = stage.writes if watches else tuple(_once(write) for write in stage.writes)
    kept = prepared.desired.node.settings
    return WriteOrder(
        observation=observation,
        state_dir=kept.state_dir or "",
        writes=writes,
        lock_owner=str(world.run),
        # what a guard holds is held for all of the change, and until the group is whole again
        lock_seconds=WRITE_LOCK_SECONDS + (watch_seconds + GUARDED_LOCK_SECONDS if settings.lock_id else 0),
        lock_id=settings.lock_id,
        lock_kept=bool(settings.lock_id),
        lock_broken=settings.break_lock,
        lock_wait=int(settings.wait_lock),
        watch_seconds=watch_seconds,
        run=world.run.id,
        revisions=revisions_of(stage, observation, world.run, settings),
        found=found_before(stage, observation),
        taken_over=taken_over(stage, observation, world.run, settings),
        kept_revisions=kept.history_revisions,
        kept_mebibytes=kept.history_mebibytes,
        concerns=tuple(_words_of(stage.expectations)),
        switch=_switch(stage, prepared, settings),
        wall=world.wall(),
    )


def _switch(stage: Stage, prepared: Prepared, settings: Settings) -> Switch | None:
    waiting = to_confirm(stage.changes, prepared.desired, settings)
    if not waiting:
        return None
    back = tuple((change.name, change.subject.back(change.action)) for change, _ in waiting)
    seconds = math.ceil(max(seconds for _, seconds in waiting))
    return Switch(seconds, back, prepared.desired.node.settings.kubelet_unit or "")


def _words_of(expectations: Iterable[Expectation]) -> Iterator[str]:
    """What the runtime's entries about these pods hold; a pod of another name with our digest is one too."""
    for entry in expectations:
        yield from filter(
            None, (entry.pod and entry.pod.name, entry.digest, entry.beside and entry.beside.name)
        )


def _once(write: Write) -> Write:
    return replace(write, second=None) if isinstance(write, Put) else write


def _timeout(order: WriteOrder) -> float:
    seconds = order.watch_seconds + order.lock_seconds + order.lock_wait + order.pending_seconds
    return seconds + LAST_EVENTS_SECONDS
