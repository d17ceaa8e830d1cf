"""What has come of one node's plan so far, as a value that each event of its program advances."""

from __future__ import annotations

from contextlib import suppress

from msgspec import Struct
from msgspec.structs import replace

from podwright.errors import HostError
from podwright.operations.explain import (
    explain,
    interrupted,
    readiness_unchecked,
    stands,
    taken_back,
    unproven,
)
from podwright.operations.explain_stop import explain_stop
from podwright.operations.mirror_evidence import with_mirrors
from podwright.operations.prepare import Prepared
from podwright.operations.report import Applied, Convergence, NodeResult, Outcome, Status, problems_on
from podwright.operations.world import World
from podwright.plan.changes import Action
from podwright.plan.deadlines import MINIMUM_GRACE_SECONDS
from podwright.plan.events import (
    Deleted,
    Event,
    LockHeld,
    Owned,
    Refused,
    Restored,
    SecondLate,
    SecondWritten,
    Stands,
    StepFailed,
    Unlocked,
    Written,
)
from podwright.plan.expectation_progress import Gap
from podwright.plan.failed_pod_evidence import Finding
from podwright.plan.health import Health
from podwright.plan.node_view import ConnectionLost
from podwright.plan.proof import Proof
from podwright.plan.stages import Stage
from podwright.plan.writes import NOTHING, Put
from podwright.problem import Problem
from podwright.remote.host import Host
from podwright.remote.node.logs import last_lines


class NodeRun(Struct, frozen=True):
    """What has come of a node's plan so far; each step makes the next value."""

    prepared: Prepared
    proof: Proof
    stage: Stage
    settled: bool = True
    held: bool = False
    restored: tuple[str, ...] = ()
    ends_by: float = 0.0
    found: tuple[str, ...] = ()
    applied: tuple[Applied, ...] = ()
    healths: tuple[Health, ...] = ()
    gaps: tuple[Gap, ...] = ()
    findings: tuple[tuple[str, Finding], ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()

    def beginning(self, stage: Stage) -> NodeRun:
        proof = self.proof.expecting(stage.expectations)
        return replace(
            self, stage=stage, proof=proof, settled=not stage.writes, found=(), restored=(), ends_by=0.0
        )

    def proving(self, proof: Proof) -> NodeRun:
        return replace(self, proof=proof)

    def after(self, event: Event) -> NodeRun:
        """With what the node reports: what was applied, and what stopped it."""
        run = self.proving(self.proof.advance(event))
        match event:
            case Unlocked():
                return replace(run, settled=True)
            case Written():
                return run._applying(event.file_name, "written")
            case Deleted():
                return run._applying(event.file_name, "deleted")
            case Owned(name, ours):
                return run._applying(name, "adopted" if ours else "given up")
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
            case StepFailed("held"):
                return replace(run, held=True)._failing(explain_stop(event, self.prepared.observation))
            case LockHeld() | StepFailed() | Refused():
                return run._failing(explain_stop(event, self.prepared.observation))
        return run

    def _applying(self, name: str, what: str) -> NodeRun:
        return replace(self, applied=(*self.applied, Applied(name, what)))

    def stands(self, name: str) -> bool:
        """Whether the file is as this run wrote it."""
        what = {entry.what for entry in self.applied if entry.file_name == name}
        return "written" in what and "restored" not in what

    def warned(self, warning: str) -> NodeRun:
        return replace(self, warnings=(*self.warnings, warning))

    def _restored(self, uptime: float, name: str) -> NodeRun:
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

    def cut(self, world: World) -> bool:
        """Whether an interruption ends it here: what was begun is finished, unless a second one asks for less."""
        asked = world.interruption
        return asked.impatient or (asked() and not self.applied)

    def over(self, uptime: float) -> bool:
        """Whether nothing more is to be waited for."""
        return self.settled and self.proof.done and uptime >= self.ends_by

    def _wanted(self, name: str) -> tuple[str, ...]:
        """What may lie there: another run has made the same change meanwhile."""
        wanted = [entry.sha256s for entry in self.stage.expectations if entry.file_name == name]
        return tuple(text for texts in wanted for text in texts or (NOTHING,))

    def _failing(self, *problems: Problem) -> NodeRun:
        return replace(self, problems=(*self.problems, *problems))

    def lost(self, error: HostError, world: World) -> NodeRun:
        """The connection is gone: the node's state is unknown, the API may still show something."""
        proof = with_mirrors(
            self.proof.advance(ConnectionLost("the connection was lost")), world.mirrors, world.clock()
        )
        return self.proving(proof)._failing(*problems_on(self.prepared.plan.node, error))

    def with_logs(self, host: Host, world: World) -> NodeRun:
        """With the last words of the containers that are not well, for a person; without them if the node gives none."""
        if self.problems or self.proof.proven or self.cut(world):
            return self
        with suppress(HostError):
            logs = last_lines(host, self.prepared.observation, self.proof.unwell)
            return self.proving(replace(self.proof, logs=logs))
        return self

    def judged(self, world: World) -> NodeRun:
        """With why the stage has failed, if it has: a change without its proof is never a success."""
        if self.restored and not self.cut(world):
            run = replace(
                self, warnings=(*self.warnings, taken_back(self.restored, proven=self.proof.proven))
            )
            return run._failing(*explain(self.proof, self.prepared.observation, world.mirrors))
        if self.problems:
            return self
        if self.cut(world) and not (self.settled and self.proof.proven):
            # what runs now is about to be replaced by the second write, so it proves nothing
            run = self if self.settled else self.proving(self.proof.expecting(self.stage.expectations))
            return run._failing(interrupted(self.prepared.plan.node, self.awaited))
        reported = {*self.found, *(entry.file_name for entry in self.applied)}
        proven = reported & {entry.file_name for entry in self.stage.expectations}
        names = dict.fromkeys(write.name for write in self.stage.writes if write.name not in proven)
        adopted = {change.name for change in self.stage.changes if change.action is Action.ADOPT}
        # nothing of its pod was touched: that it is not well does not make it less ours
        unwell = tuple(
            one
            for one in self.proof.tracks
            if one.health.expectation.file_name in adopted and not one.health.file_is_lost
        )
        others = replace(self.proof, tracks=tuple(one for one in self.proof.tracks if one not in unwell))
        run = self._failing(
            *(unproven(name, self.prepared.plan.node) for name in names),
            *explain(others, self.prepared.observation, world.mirrors),
        )
        found = explain(replace(self.proof, tracks=unwell), self.prepared.observation, world.mirrors)
        return replace(run, warnings=(*run.warnings, *map(_taken_over_unproven, found)))

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

    def skipping(self, stage: Stage) -> NodeRun:
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

    def recorded(self) -> NodeRun:
        # what was proven in an earlier stage and must go on running is told once, as it is now
        pods = {health.expectation.pod for health in self.proof.healths if not health.expectation.gone}
        before = (
            entry for entry in self.healths if entry.expectation.gone or entry.expectation.pod not in pods
        )
        return replace(
            self,
            healths=(*before, *self.proof.healths),
            gaps=(*self.gaps, *self.proof.gaps),
            findings=(*self.findings, *(one for one in self.proof.findings if self.stands(one[0]))),
        )

    @property
    def _unchecked(self) -> tuple[Health, ...]:
        return tuple(health for health in self.healths if health.readiness_unchecked)

    def outcome(self) -> Outcome:
        status = Status.CHANGED if self.applied else Status.UNCHANGED
        if self.problems:
            status = Status.REFUSED if self.held and not self.applied else Status.FAILED
        return NodeResult(
            self.prepared.plan.node,
            status,
            Convergence(self.prepared.plan, self.applied, self.healths, self.gaps, self.findings),
            problems=self.problems,
            warnings=(*self.prepared.warnings, *self.warnings, *map(readiness_unchecked, self._unchecked)),
        )


def _taken_over_unproven(found: Problem) -> str:
    """It is ours even so; what is not known to run is nothing to go back to."""
    net = "taken over, but nothing goes back by itself if its next change fails"
    return "; ".join(filter(None, (f"{net}: {found.message}", found.hint)))
