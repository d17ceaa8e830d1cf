"""What a node reports of its changes so far, as a value that each event of its program advances."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from podwright.operations.explain import stands
from podwright.operations.explain_stop import explain_stop
from podwright.operations.report import Applied, Status
from podwright.plan.events import Event, LockHeld, Refused, Restored, Stands, Started, StepFailed, Written
from podwright.plan.observed import Observation
from podwright.problem import Problem

#: steps that find what speaks against a change, as a plan that is made now would
_REFUSING = ("held", "pressure")


class Done(Struct, frozen=True):
    """`begun`: from then on the node may be changed; `refused`: it was not, and nothing failed there."""

    node: str
    observation: Observation
    applied: tuple[Applied, ...] = ()
    problems: tuple[Problem, ...] = ()
    begun: bool = False
    confirmed: bool = False
    refused: bool = False

    def after(self, event: Event) -> Done:
        match event:
            case Started():
                return replace(self, begun=True)
            case Written():
                return replace(self, applied=(*self.applied, Applied(event.file_name, "written")))
            case Restored():
                return replace(self, applied=(*self.applied, Applied(event.file_name, "restored")))
            case Stands(name):
                return self.failing(stands(name, self.node))
            case StepFailed(step) if step in _REFUSING and not (self.begun or self.problems):
                return replace(self.failing(explain_stop(event, self.observation)), refused=True)
            case LockHeld() | StepFailed() | Refused():
                return self.failing(explain_stop(event, self.observation))
        return self

    def failing(self, *problems: Problem) -> Done:
        return replace(self, problems=(*self.problems, *problems), refused=self.refused and not problems)

    @property
    def status(self) -> Status:
        if self.refused:
            return Status.REFUSED
        return Status.FAILED if self.problems else Status.CHANGED
