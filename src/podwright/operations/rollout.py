"""Takes a run from batch to batch of nodes, watches those that are done, and goes no further once too many failed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from podwright.operations.desired import Desired
from podwright.operations.drift import Checked, check_drift
from podwright.operations.fleet import Processor, run_on_all
from podwright.operations.interruption import NotBegunError, signals_ask
from podwright.operations.prepare import Prepared
from podwright.operations.report import Outcome, Status
from podwright.operations.world import Settings, World
from podwright.plan.batches import batches_of
from podwright.plan.health import Source
from podwright.plan.observed import ObservedPod
from podwright.problem import Problem
from podwright.text import counted

Planned = Prepared | Outcome
#: sees how many batches are done, and of how many; True means go on
GoOn = Callable[[int, int], bool]
#: how often an interruption is looked for while a batch is watched
LISTEN_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Work:
    """What is done with each node's plan, and what its result is if that raised."""

    apply: Callable[[Planned], Outcome]
    failed: Callable[[Planned, BaseException], Outcome]


class RolledOut:
    """A run over batches: its results so far, and whether it goes on."""

    def __init__(
        self,
        plans: tuple[Planned, ...],
        world: World,
        settings: Settings,
        processors: Iterable[Processor[Planned, Outcome]],
    ) -> None:
        self._world = world
        self._settings = settings
        self._processors = tuple(processors)
        self._rollout = settings.rollout
        self._plans = {_name(plan): plan for plan in plans}
        self._targets = tuple(name for name, plan in self._plans.items() if _changes(plan))
        self.outcomes: dict[str, Outcome] = {}
        self._pods: dict[str, tuple[_Life, ...]] = {}
        self._paused = False

    @property
    def batches(self) -> tuple[tuple[str, ...], ...]:
        """Nodes that change, in batches; those that do not are looked at with the first."""
        first, *others = batches_of(self._targets, self._rollout) or ((),)
        same = tuple(name for name in self._plans if name not in set(self._targets))
        return ((*first, *same), *others)

    def run(self, work: Work, go_on: GoOn) -> tuple[Outcome, ...]:
        batches = self.batches
        for number, names in enumerate(batches):
            if number and self._rollout.pause and self._goes_on():
                self._ask(go_on, number, len(batches))
            begins = self._goes_on()
            with signals_ask(self._world.interruption):
                self._run_batch(names, work)
                if begins and (len(batches) > 1 or self._rollout.soak):
                    self._watch()
        return tuple(self.outcomes[name] for name in self._plans)

    def _goes_on(self) -> bool:
        """Whether a further node is begun."""
        return not self._world.interruption() and not self._halted()

    def _ask(self, go_on: GoOn, done: int, total: int) -> None:
        """Ctrl-C is an answer too: what was done so far is still reported."""
        try:
            self._paused = not go_on(done, total)
        except KeyboardInterrupt:
            self._world.interruption.ask()

    def _run_batch(self, names: Iterable[str], work: Work) -> None:
        run_on_all(
            tuple(self._plans[name] for name in names),
            work.apply,
            work.failed,
            forks=self._settings.forks,
            interruption=self._world.interruption,
            halted=self._halted,
            processors=(_Results(self.outcomes), *self._processors),
        )

    def _halted(self) -> NotBegunError | None:
        """Why no further node is begun."""
        if self._paused:
            resume = "go on with the nodes that are left: `-l @unreached` chooses them"
            return NotBegunError("not begun: the run is paused", resume)
        lost = next((name for name, outcome in self.outcomes.items() if _at_a_loss(outcome)), None)
        if lost:
            return NotBegunError(f"not begun: it is not known what runs on {lost}", _RESUME)
        failed = sum(outcome.failed and self._counts(outcome) for outcome in self.outcomes.values())
        if failed < self._rollout.stops_at(len(self._targets)):
            return None
        return NotBegunError(f"not begun: {counted(failed, 'node')} failed before it", _RESUME)

    def _counts(self, outcome: Outcome) -> bool:
        """What could not be changed at all was known before the first write, and counts if a limit was set."""
        if outcome.status is Status.NOT_BEGUN:
            return False
        return outcome.node in self._targets or self._rollout.max_fail is not None

    def _watch(self) -> None:
        """All nodes that are done, before the next batch and at the end: a pod may fail after it was proven."""
        self._look()
        if not self._rollout.soak or not self._done():
            return
        end = self._world.clock() + self._rollout.soak
        while self._world.clock() < end and not self._world.interruption():
            time.sleep(LISTEN_SECONDS)
        self._look()

    def _done(self) -> tuple[str, ...]:
        """Nodes that were changed and proven."""
        return tuple(name for name, outcome in self.outcomes.items() if outcome.status is Status.CHANGED)

    def _look(self) -> None:
        """Raises nothing: what cannot be checked is a failure of that node, unless it was left unchecked by Ctrl-C."""
        if self._world.interruption() or not self._done():
            return
        desired = tuple(_desired(self._plans[name]) for name in self._done())
        report = check_drift(desired, self._world, self._settings)
        if self._world.interruption():
            return
        for checked in report.nodes:
            pods = tuple(_Life.of(pod) for pod in checked.value.pods)
            problem = _regression(checked, self._pods.get(checked.node, pods), pods)
            self._pods[checked.node] = pods
            if problem:
                outcome = self.outcomes[checked.node]
                outcome = replace(outcome, status=Status.FAILED, problems=(*outcome.problems, problem))
                self.outcomes[checked.node] = outcome
                for processor in self._processors:
                    processor.finished(outcome)


_RESUME = "mend what failed, then go on with the nodes that are left: `-l @failed -l @unreached` chooses them"


@dataclass(frozen=True, slots=True)
class _Life:
    """A pod's uid, and how often its containers were started."""

    pod: str
    uid: str
    starts: int

    @staticmethod
    def of(pod: ObservedPod) -> _Life:
        return _Life(str(pod.ref), pod.uid, sum(entry.attempt for entry in pod.containers))


def _regression(checked: Checked, before: Iterable[_Life], now: Iterable[_Life]) -> Problem | None:
    """What became of a node after its pods were proven; None if they are as they were."""
    lost = next((health for health in checked.value.healths if not health.proven), None)
    if lost and lost.missing:
        text = f"`{lost.expectation.subject}` was proven, and then failed: {lost.missing[0].detail}"
    elif lost or (checked.problems and not checked.value.healths):
        text = "it was proven, and then could not be checked"
    else:
        known: Mapping[str, _Life] = {life.pod: life for life in before}
        changed = [life.pod for life in now if known.get(life.pod, life) != life]
        if not changed:
            return None
        text = f"`{changed[0]}` was proven, and then restarted"
    return Problem(
        text, "see `podwright manifest status` and `podwright manifest logs --previous`", node=checked.node
    )


def _at_a_loss(outcome: Outcome) -> bool:
    """Whether the API could not be asked what became of a change, or not even what was restored is proven."""
    done = outcome.value
    unasked = (state.source for health in done.healths if not health.proven for state in health.unknown)
    blind = bool(done.applied) and outcome.failed and Source.MIRROR in unasked
    return blind or not all(one.proven for one in done.reverted)


class _Results:
    """Keeps each result as it comes, so that the next node is begun or not by what is known."""

    def __init__(self, outcomes: dict[str, Outcome]) -> None:
        self._outcomes = outcomes

    def started(self, _task: object) -> None:
        """There is no result yet."""

    def finished(self, outcome: Outcome) -> None:
        self._outcomes[outcome.node] = outcome


def _name(plan: Planned) -> str:
    return plan.plan.node if isinstance(plan, Prepared) else plan.node


def _changes(plan: Planned) -> bool:
    return isinstance(plan, Prepared) and not plan.stopped and bool(plan.plan.pending)


def _desired(plan: Planned) -> Desired:
    assert isinstance(plan, Prepared)  # noqa: S101 - only those were changed
    return plan.desired
