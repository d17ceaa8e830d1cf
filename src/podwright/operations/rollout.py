"""Takes a run from batch to batch of nodes, and goes no further, or back, once too many failed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from podwright.errors import HostError
from podwright.inventory.rollout_settings import OnFailure, Scope
from podwright.operations.failed_run_revert import standing, withdrawn
from podwright.operations.fleet import Processor, result_of, run_on_all
from podwright.operations.interruption import NotBegunError, signals_ask
from podwright.operations.prepare import Prepared
from podwright.operations.report import Outcome, Status, problems_on
from podwright.operations.rollout_regressions import Regressions
from podwright.operations.rollout_strategy import changes
from podwright.operations.world import Settings, World
from podwright.plan.health import Source
from podwright.plan.rollout_batches import Rollout, batches_of
from podwright.problem import Problem
from podwright.remote.node.history import is_aborted
from podwright.text import counted

if TYPE_CHECKING:
    from podwright.operations.rollout_hooks import Hooks

Planned = Prepared | Outcome
#: is told how far the run is; True means go on
GoOn = Callable[[str], bool]


class Work(Struct, frozen=True):
    """What is done with each node's plan, and what its result is if that raised."""

    apply: Callable[[Planned], Outcome]
    failed: Callable[[Planned, BaseException], Outcome]


class RolledOut:
    """A run over batches: its results so far, and whether it goes on."""

    def __init__(
        self,
        plans: tuple[Planned, ...],
        rollout: Rollout,
        world: World,
        settings: Settings,
        processors: Iterable[Processor[Planned, Outcome]],
    ) -> None:
        self._world = world
        self._settings = settings
        self._processors = tuple(processors)
        self._rollout = rollout
        self._plans = {_name(plan): plan for plan in plans}
        self._changing = {
            name: plan for name, plan in self._plans.items() if isinstance(plan, Prepared) and changes(plan)
        }
        self._refused = tuple(
            name for name, plan in self._plans.items() if not isinstance(plan, Prepared) or plan.stopped
        )
        self._results = _Results(self._counts)
        self.outcomes = self._results.outcomes
        self._regressions = Regressions(self._changing, world, settings)
        #: failures that a person has agreed to
        self._accepted = 0
        self._paused = self._aborted = False
        self._hooks = _hooks(rollout, world)
        #: of the run itself, and of no node
        self.problems: tuple[Problem, ...] = ()

    @property
    def batches(self) -> tuple[tuple[str, ...], ...]:
        """Nodes that change, in batches; those that need not are looked at with the first."""
        first, *others = batches_of(self._changing, self._rollout) or ((),)
        same = (name for name in self._plans if name not in self._changing and name not in self._refused)
        return ((*first, *same), *others)

    def run(self, work: Work, go_on: GoOn) -> tuple[Outcome, ...]:
        with self._hooked(Scope.RUN, self._changing):
            self._run(work, go_on)
        return tuple(self.outcomes[name] for name in self._plans)

    def _run(self, work: Work, go_on: GoOn) -> None:
        # they are known to have failed before anything is begun, however many they are
        self._batch(self._refused, work, watched=False, halted=lambda: None)
        batches = self.batches
        watched = len(batches) > 1 or self._rollout.soak > 0
        for number, names in enumerate(batches, start=1):
            if number > 1 and self._goes_on:
                self._note_abortion()
            if number > 1 and self._rollout.pause and self._goes_on:
                self._ask(go_on, f"{number - 1} of {len(batches)} batches are done")
            begins = self._goes_on
            with self._hooked(Scope.BATCH, names, batch=number, batches=len(batches)):
                self._batch(names, work, watched=watched)
                while self._asks_after_failures(left=number < len(batches) or bool(self._not_begun(names))):
                    if self._ask(go_on, f"{counted(self._failures, 'node')} failed"):
                        self._accepted = self._failures
                        self._batch(self._not_begun(names), work, watched=watched)
            if begins and self._too_many_failed and not self._at_a_loss and not self._world.interruption():
                self._take_back(names)

    @contextmanager
    def _hooked(self, scope: Scope, names: Iterable[str], **facts: object) -> Iterator[None]:
        """With the hooks before and after; once one of the former fails nothing more is begun, and the latter do not run."""
        names = tuple(name for name in names if name in self._changing)
        hooks = self._hooks if names and self._goes_on else None
        if hooks:
            with signals_ask(self._world.interruption):
                self.problems += hooks.before(scope, names, facts)
        well = not self.problems
        yield
        if hooks and well:
            facts["statuses"] = {name: str(self.outcomes[name].status) for name in names}
            with signals_ask(self._world.interruption):
                self.problems += hooks.after(scope, names, facts)

    def _apply(self, work: Work, plan: Planned) -> Outcome:
        if self._hooks and _name(plan) in self._changing:
            return self._hooks.around(_name(plan), partial(result_of, work.apply, plan, work.failed))
        return work.apply(plan)

    def _note_abortion(self) -> None:
        """Whether somebody, on another controller maybe, wants no further batch: the nodes hold that."""
        done = next((name for name, one in self.outcomes.items() if one.status is Status.CHANGED), None)
        if done is None:
            return
        node, run = self._changing[done].desired.node, self._world.run
        with suppress(HostError), self._world.connect(node) as host:
            state_dir = node.settings.state_dir or ""
            self._aborted = is_aborted(host, self._changing[done].observation, state_dir, run.id)

    @property
    def _goes_on(self) -> bool:
        """Whether a further node is begun."""
        return not self._world.interruption() and not self._halted()

    def _ask(self, go_on: GoOn, done: str) -> bool:
        """Ctrl-C is an answer too: what was done so far is still reported."""
        try:
            self._paused = not go_on(done)
        except KeyboardInterrupt:
            self._world.interruption.ask()
            return False
        return not self._paused

    def _asks_after_failures(self, *, left: bool) -> bool:
        pauses = self._rollout.on_failure is OnFailure.PAUSE and self._too_many_failed and not self._paused
        return left and pauses and not self._world.interruption() and not self._at_a_loss

    def _batch(
        self,
        names: Iterable[str],
        work: Work,
        *,
        watched: bool,
        halted: Callable[[], NotBegunError | None] | None = None,
    ) -> None:
        begins = self._goes_on
        with signals_ask(self._world.interruption):
            run_on_all(
                tuple(self._plans[name] for name in names),
                partial(self._apply, work),
                work.failed,
                forks=self._settings.forks,
                interruption=self._world.interruption,
                halted=halted or self._halted,
                processors=(self._results, *self._processors),
            )
            if begins and watched:
                self._keep(self._regressions.found(tuple(self.outcomes.values()), self._rollout.soak))

    def _keep(self, outcomes: Iterable[Outcome]) -> None:
        for outcome in outcomes:
            for processor in (self._results, *self._processors):
                processor.finished(outcome)

    def _not_begun(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(name for name in names if self.outcomes[name].status is Status.NOT_BEGUN)

    def _halted(self) -> NotBegunError | None:
        """Why no further node is begun."""
        if self.problems:
            return NotBegunError("not begun: a hook failed", self._resume)
        if self._paused:
            return NotBegunError(f"not begun: the run {self._world.run.id} is paused", self._resume)
        if self._aborted:
            return NotBegunError(f"not begun: the run {self._world.run.id} was aborted")
        if self._at_a_loss:
            return NotBegunError(f"not begun: it is not known what runs on {self._at_a_loss}", self._resume)
        if self._too_many_failed:
            return NotBegunError(
                f"not begun: {counted(self._failures, 'node')} failed before it", self._resume
            )
        return None

    @property
    def _resume(self) -> str:
        run = self._world.run
        how = (
            f"`podwright manifest push --resume {run.id}`"
            if run.command in ("manifest push", "rollout resume")
            else f"`-l @failed/{run.id} -l @unreached/{run.id}` chooses the nodes that are left"
        )
        return f"correct what failed, if anything did, then go on: {how}"

    @property
    def _at_a_loss(self) -> str:
        """A node of which not even the run knows what it does; "" if there is none."""
        return next(iter(self._results.at_a_loss), "")

    @property
    def _too_many_failed(self) -> bool:
        return self._failures - self._accepted >= self._rollout.stops_at(
            len(self._changing) + len(self._refused)
        )

    @property
    def _failures(self) -> int:
        return len(self._results.failed)

    def _counts(self, outcome: Outcome) -> bool:
        """What could not be changed at all was known before the first write, and counts if a limit was set."""
        if outcome.status is Status.NOT_BEGUN:
            return False
        return outcome.node in self._changing or self._rollout.max_fail is not None

    def _take_back(self, batch: Collection[str]) -> None:
        """What was written last goes back first, one node at a time."""
        scopes = {OnFailure.REVERT_BATCH: batch, OnFailure.REVERT_RUN: self._plans}
        scope = scopes.get(self._rollout.on_failure, ())
        pods = {name for name, plan in self._changing.items() if plan.desired.items is None}
        done = [
            one for one in reversed(self.outcomes.values()) if one.node in pods & {*scope} and standing(one)
        ]
        self._keep(
            run_on_all(
                done,
                lambda one: withdrawn(self._changing[one.node], one, self._world, self._settings),
                lambda one, error: replace(
                    one,
                    status=Status.FAILED,
                    problems=(*one.problems, *problems_on(one.node, error)),
                ),
                forks=1,
                interruption=self._world.interruption,
            )
        )


def _hooks(rollout: Rollout, world: World) -> Hooks | None:
    if not rollout.hooks:
        return None
    from podwright.operations.rollout_hooks import Hooks  # a run without any pays for none of it

    return Hooks(rollout, world)


def _at_a_loss(outcome: Outcome) -> bool:
    """Whether the API could not be asked what became of a change, or not even what was restored is proven."""
    done = outcome.value
    unasked = (state.source for health in done.healths if not health.proven for state in health.unknown)
    blind = bool(done.applied) and outcome.failed and Source.MIRROR in unasked
    return blind or not all(one.proven for one in done.reverted)


class _Results:
    """Keeps each result as it comes, so that the next node is begun or not by what is known.

    `failed` are nodes that count; it is asked for before each node, so nothing is counted again.
    """

    def __init__(self, counts: Callable[[Outcome], bool]) -> None:
        self._counts = counts
        self.outcomes: dict[str, Outcome] = {}
        self.failed: set[str] = set()
        self.at_a_loss: dict[str, None] = {}

    def started(self, _task: object) -> None:
        """There is no result yet."""

    def finished(self, outcome: Outcome) -> None:
        self.outcomes[outcome.node] = outcome
        self.failed.discard(outcome.node)
        self.at_a_loss.pop(outcome.node, None)
        if outcome.failed and self._counts(outcome):
            self.failed.add(outcome.node)
        if _at_a_loss(outcome):
            self.at_a_loss[outcome.node] = None


def _name(plan: Planned) -> str:
    return plan.plan.node if isinstance(plan, Prepared) else plan.node
