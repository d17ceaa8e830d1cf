"""Applies one node's plan and proves it, stage by stage; push and remove both come here."""

from __future__ import annotations

from contextlib import closing, suppress
from dataclasses import dataclass, replace

from podwright.errors import HostError
from podwright.operations.explain import (
    explain,
    explain_stop,
    interrupted,
    readiness_unchecked,
    stands,
    unproven,
)
from podwright.operations.mirror_evidence import with_mirrors
from podwright.operations.prepare import Prepared
from podwright.operations.report import Applied, Convergence, NodeResult, Outcome, Status, problems_on
from podwright.operations.waiting import Wait
from podwright.operations.world import Settings, World
from podwright.plan.events import (
    Deleted,
    Event,
    LockHeld,
    Refused,
    Restored,
    SecondLate,
    SecondWritten,
    Stands,
    StepFailed,
    Ticked,
    Unlocked,
    Written,
)
from podwright.plan.deadlines import MINIMUM_GRACE_SECONDS
from podwright.plan.expectations import WaitFor
from podwright.plan.health import Health
from podwright.plan.proof import Proof
from podwright.plan.stages import Stage
from podwright.plan.track import Gap
from podwright.plan.view import ConnectionLost
from podwright.plan.writes import NOTHING, Put, Remove
from podwright.problem import Problem
from podwright.remote.host import Host
from podwright.remote.node.apply import WriteOrder, apply
from podwright.remote.node.logs import last_lines

#: how long a write may hold the node's lock; second writes are made without it
LOCK_SECONDS = 60
#: seconds beyond the program's own deadline in which its last events must arrive
LAST_EVENTS_SECONDS = 30.0
#: seconds to observe what stays after a removal if no kubelet is there to end it
WITHOUT_KUBELET_SECONDS = 2.0


def apply_plan(prepared: Prepared, host: Host, world: World, settings: Settings) -> Outcome:
    """Apply, prove, next stage: the first stage that is not proven is the last that is begun.

    Nothing to change means no write, and the same proof: from the observation alone if it is enough.
    """
    if prepared.stopped:
        return prepared.outcome()
    node = prepared.plan.node
    if prepared.observation.leftovers and not prepared.plan.pending and not world.interruption():
        _tidy(prepared, host, world, settings)
    run = _Run(prepared, _first_proof(prepared, world, settings), Stage())
    if run.proof.at_rest and run.proof.proven:
        return run.recorded().outcome()
    for stage in prepared.plan.stages:
        if run.problems or world.interruption():
            run = run.skipping(stage)
            continue
        order = _order(stage, prepared, world, settings)
        run, began = run.beginning(stage), world.clock()
        try:
            with closing(apply(node, host, order, timeout=_timeout(order))) as events:
                for event in events:
                    run = run.after(event)
                    if isinstance(event, Ticked):
                        run = run.proving(with_mirrors(run.proof, world.mirrors, world.clock()))
                        world.waits[node] = Wait(began, order.watch_seconds, run.proof, run.awaited)
                        # every first write is made, and a second one that is due the node makes alone
                        if world.interruption() or run.over(event.uptime):
                            break
            run = run.proving(with_mirrors(run.proof, world.mirrors, world.clock())).with_logs(host, world)
        except HostError as error:
            # hostile output too: what was applied before it must not be forgotten
            run = run.lost(error, world)
        run = run.judged(world).recorded()
    world.waits.pop(node, None)
    return run.outcome()


def _tidy(prepared: Prepared, host: Host, world: World, settings: Settings) -> None:
    """Remove what a run that was killed left; another run that goes on keeps its own, and nothing depends on this."""
    observation = prepared.observation
    order = WriteOrder(
        observation,
        lock_owner=world.operator,
        lock_seconds=LOCK_SECONDS,
        tidies=True,
        lock_broken=settings.break_lock,
    )
    with suppress(HostError), closing(apply(prepared.plan.node, host, order, timeout=LOCK_SECONDS)) as events:
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
    # without a watch nothing waits for the end of the old pod
    writes = stage.writes if watches else tuple(_once(write) for write in stage.writes)
    return WriteOrder(
        observation=observation,
        state_dir=prepared.desired.node.settings.state_dir or "",
        writes=writes,
        lock_owner=world.operator,
        lock_seconds=LOCK_SECONDS,
        lock_broken=settings.break_lock,
        watch_seconds=int(deadline + 0.999) if watches else 0,
    )


def _once(write: Put | Remove) -> Put | Remove:
    return replace(write, second=None) if isinstance(write, Put) else write


def _timeout(order: WriteOrder) -> float:
    return order.watch_seconds + order.lock_seconds + order.pending_seconds + LAST_EVENTS_SECONDS


@dataclass(frozen=True, slots=True)
class _Run:
    """What has come of a node's plan so far; each step makes the next value."""

    prepared: Prepared
    proof: Proof
    stage: Stage
    settled: bool = True
    restored: tuple[str, ...] = ()
    ends_by: float = 0.0
    found: tuple[str, ...] = ()
    applied: tuple[Applied, ...] = ()
    healths: tuple[Health, ...] = ()
    gaps: tuple[Gap, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()

    def beginning(self, stage: Stage) -> _Run:
        proof = self.proof.expecting(stage.expectations)
        return replace(
            self, stage=stage, proof=proof, settled=not stage.writes, found=(), restored=(), ends_by=0.0
        )

    def proving(self, proof: Proof) -> _Run:
        return replace(self, proof=proof)

    def after(self, event: Event) -> _Run:
        """With what the node reports: what was applied, and what stopped it."""
        run = self.proving(self.proof.advance(event))
        match event:
            case Unlocked():
                return replace(run, settled=True)
            case Written():
                return run._applying(event.file_name, "written")
            case Deleted():
                return run._applying(event.file_name, "deleted")
            case SecondWritten():
                return run._applying(event.file_name, "second")
            case SecondLate(name):
                late = f"the old pod of `{name}` did not end in time for the second write"
                return replace(run, warnings=(*run.warnings, late))
            case Restored(uptime, name):
                return run._restored(uptime, name)
            case Stands(name):
                return run._failing(stands(name, self.prepared.plan.node))
            case Refused(name, found) if found in self._wanted(name):
                return replace(run, found=(*run.found, name))
            case LockHeld() | StepFailed() | Refused():
                return run._failing(explain_stop(event, self.prepared.observation))
        return run

    def _applying(self, name: str, what: str) -> _Run:
        return replace(self, applied=(*self.applied, Applied(name, what)))

    def _restored(self, uptime: float, name: str) -> _Run:
        """What is to be proven now is that it is as it was: not before the old pod, which may be ending, has ended."""
        run = self._applying(name, "restored")
        names = (*self.restored, name)
        back = [
            entry
            for change in self.stage.changes
            if change.name in names
            for entry in change.subject.undone(self.stage.wait_for)
        ]
        ends_by = uptime + max(entry.grace for entry in back) + MINIMUM_GRACE_SECONDS
        return replace(run, restored=names, ends_by=ends_by, proof=run.proof.expecting(back))

    def over(self, uptime: float) -> bool:
        """Whether nothing more is to be waited for."""
        return self.settled and self.proof.done and uptime >= self.ends_by

    def _wanted(self, name: str) -> tuple[str, ...]:
        """What may lie there: another run has made the same change meanwhile."""
        wanted = [entry.sha256s for entry in self.stage.expectations if entry.file_name == name]
        return tuple(text for texts in wanted for text in texts or (NOTHING,))

    def _failing(self, *problems: Problem) -> _Run:
        return replace(self, problems=(*self.problems, *problems))

    def lost(self, error: HostError, world: World) -> _Run:
        """The connection is gone: the node's state is unknown, the API may still show something."""
        proof = with_mirrors(
            self.proof.advance(ConnectionLost("the connection was lost")), world.mirrors, world.clock()
        )
        return self.proving(proof)._failing(*problems_on(self.prepared.plan.node, error))

    def with_logs(self, host: Host, world: World) -> _Run:
        """With the last words of the containers that are not well, for a person; without them if the node gives none."""
        if self.problems or self.proof.proven or world.interruption():
            return self
        with suppress(HostError):
            logs = last_lines(host, self.prepared.observation, self.proof.unwell)
            return self.proving(replace(self.proof, logs=logs))
        return self

    def judged(self, world: World) -> _Run:
        """With why the stage has failed, if it has: a change without its proof is never a success."""
        if self.restored and not world.interruption():
            back = ", ".join(f"`{name}`" for name in self.restored)
            proven = " and proven" if self.proof.proven else ""
            run = replace(
                self, warnings=(*self.warnings, f"what was done before it failed was taken back{proven}: {back}")
            )
            return run._failing(*explain(self.proof, self.prepared.observation, world.mirrors))
        if self.problems:
            return self
        if world.interruption() and not (self.settled and self.proof.proven):
            # what runs now is about to be replaced by the second write, so it proves nothing
            run = self if self.settled else self.proving(self.proof.expecting(self.stage.expectations))
            return run._failing(interrupted(self.prepared.plan.node, self.awaited))
        reported = {*self.found, *(entry.file_name for entry in self.applied)}
        proven = reported & {entry.file_name for entry in self.stage.expectations}
        names = dict.fromkeys(write.name for write in self.stage.writes if write.name not in proven)
        return self._failing(
            *(unproven(name, self.prepared.plan.node) for name in names),
            *explain(self.proof, self.prepared.observation, world.mirrors),
        )

    @property
    def awaited(self) -> tuple[str, ...]:
        """Files whose second write is still to come."""
        due = [write.name for write in self.stage.writes if isinstance(write, Put) and write.second]
        made = {(entry.file_name, entry.what) for entry in self.applied}
        return tuple(
            name
            for name in due
            if not self.settled and (name, "written") in made and (name, "second") not in made
        )

    def skipping(self, stage: Stage) -> _Run:
        """A stage is not begun unless the one before it is proven."""
        if not stage.writes:
            return self._failing(interrupted(self.prepared.plan.node))
        names = ", ".join(f"`{change.name}`" for change in stage.changes if change.pending)
        why = "what must be gone first is not proven gone" if self.problems else "interrupted"
        return self._failing(
            Problem(
                f"{names} was left alone: {why}", "run the same command again", node=self.prepared.plan.node
            )
        )

    def recorded(self) -> _Run:
        return replace(
            self, healths=(*self.healths, *self.proof.healths), gaps=(*self.gaps, *self.proof.gaps)
        )

    @property
    def _unchecked(self) -> tuple[Health, ...]:
        return tuple(health for health in self.healths if health.readiness_unchecked)

    def outcome(self) -> Outcome:
        status = Status.FAILED if self.problems else Status.CHANGED if self.applied else Status.UNCHANGED
        return NodeResult(
            self.prepared.plan.node,
            status,
            Convergence(self.prepared.plan, self.applied, self.healths, self.gaps),
            problems=self.problems,
            warnings=(*self.prepared.warnings, *self.warnings, *map(readiness_unchecked, self._unchecked)),
        )
