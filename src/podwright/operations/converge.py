"""Brings one node's manifest folder to what is desired: look, plan, apply, verify; push and remove both come here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field

from podwright.errors import HostError, ManifestError
from podwright.inventory.node import Node
from podwright.manifests.manifest import Manifest
from podwright.operations.desired import Desired
from podwright.operations.explain import explain, explain_stop
from podwright.operations.fleet import problems_on
from podwright.operations.look import look
from podwright.operations.report import Applied, Outcome, Status
from podwright.operations.timeline import Gap
from podwright.operations.verify import Verification, judge_observation, silence
from podwright.operations.world import Settings, World
from podwright.plan.changes import Action, Change, Plan, make_plan
from podwright.plan.events import (
    Deleted,
    Event,
    LockHeld,
    Refused,
    SecondLate,
    SecondWritten,
    StepFailed,
    Ticked,
    Unlocked,
    Written,
)
from podwright.plan.expectations import expectations, second_writes
from podwright.plan.health import Expectation, Health, WaitFor
from podwright.plan.observed import Observation
from podwright.plan.preflight import name_owners, refusals, unprovable, warnings
from podwright.problem import Problem
from podwright.remote.host import Host
from podwright.remote.node.apply import WriteOrder, apply, state_dir

#: how long a write may hold the node's lock, second writes apart
LOCK_SECONDS = 60
#: seconds beyond the program's own deadline in which its last words must arrive
LAST_WORDS_SECONDS = 30.0
#: seconds to look at what stays after a removal when no kubelet is there to end it
WITHOUT_KUBELET_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Prepared:
    """A node that has been looked at, and what is to happen there; `problems` stop it."""

    desired: Desired
    observation: Observation
    plan: Plan
    expectations: tuple[Expectation, ...]
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()
    wait_for: WaitFor = WaitFor.READY


def prepare(desired: Desired, host: Host, world: World, settings: Settings) -> Prepared:
    """Look at the node and decide; changes nothing. Raises HostError and its kinds."""
    node = desired.node
    wait_for = settings.wait_for_on(node)
    observation = look(
        node, host, desired.manifests, mirrors=None if wait_for is WaitFor.FILE else world.mirrors
    )
    plan = make_plan(desired.manifests, desired.absent, observation, adopt=settings.adopt)
    problems = refusals(
        observation,
        configured_folder=node.settings.manifest_dir,
        # a removal goes on without a kubelet: the file is what counts, and the report names what stays
        wait_for=wait_for if desired.manifests else WaitFor.FILE,
        writes=bool(plan.writes),
    )
    if not problems:
        problems = _api_problems(plan, node, observation, world, wait_for)
    return Prepared(
        desired=desired,
        observation=observation,
        plan=plan,
        expectations=expectations(
            plan,
            observation,
            wait_for=wait_for,
            timeout=settings.timeout_on(node),
            mirrors=lambda: world.mirrors.on_node(observation.node_name),
        ),
        problems=problems,
        warnings=warnings(observation, wait_for),
        wait_for=wait_for,
    )


def _api_problems(
    plan: Plan, node: Node, observation: Observation, world: World, wait_for: WaitFor
) -> tuple[Problem, ...]:
    """A regular pod that has the name of a mirror to come, a kubelet too old for a manifest; or no witness at all."""
    if wait_for is WaitFor.FILE:
        return ()
    unavailable = world.mirrors.unavailable
    if plan.changes and unavailable:
        return unprovable(observation, api=unavailable, wait_for=wait_for)
    created = [change for change in plan.writes if change.action is not Action.DELETE and change.pod]
    seen = [world.mirrors.see(change.pod.on(observation.node_name)) for change in created if change.pod]
    return (*name_owners(observation.node, seen), *_version_problems(created, node, observation, world))


def _version_problems(
    created: Iterable[Change], node: Node, observation: Observation, world: World
) -> Iterator[Problem]:
    """Where the inventory names no version, what this node's own kubelet would refuse, by the version the API shows."""
    if node.settings.kubernetes_version or not created:
        return
    version = world.mirrors.kubelet_version(observation.node_name)
    for change in created:
        if version and change.manifest:
            try:
                Manifest.parse(
                    change.manifest.workload,
                    change.manifest.text(change.generation),
                    node_name=observation.node_name,
                    kubernetes_version=version,
                    silenced=node.settings.silenced_rules,
                )
            except ManifestError as error:
                hint = f"its kubelet is {version}: say so in `podwright_kubernetes_version`, and validate knows beforehand"
                yield from (
                    Problem(f"`{change.file_name}`: {problem.message}", hint, node=observation.node)
                    for problem in error.problems
                )


def planned(prepared: Prepared) -> Outcome:
    """The outcome of a dry run: what would happen."""
    status = _stopped(prepared) or (Status.PENDING if prepared.plan.writes else Status.UNCHANGED)
    return _outcome(prepared, status, problems=_all_problems(prepared))


def _stopped(prepared: Prepared) -> Status | None:
    if prepared.problems:
        return Status.REFUSED
    return Status.CONFLICT if prepared.plan.conflicts else None


def _all_problems(prepared: Prepared) -> tuple[Problem, ...]:
    conflicts = (
        Problem(change.reason, change.hint, node=prepared.plan.node) for change in prepared.plan.conflicts
    )
    return (*prepared.problems, *conflicts)


def carry_out(prepared: Prepared, host: Host, world: World, settings: Settings) -> Outcome:
    """Apply the plan and prove it; nothing to do means no write, and the same proof."""
    stopped = _stopped(prepared)
    if stopped:
        return _outcome(prepared, stopped, problems=_all_problems(prepared))
    if not prepared.plan.writes:
        at_once = judge_observation(prepared.expectations, prepared.observation, world.mirrors)
        if all(health.proven and _held_already(health, prepared, settings) for health in at_once):
            return _outcome(prepared, Status.UNCHANGED, healths=at_once)
    return _Run(prepared, host, world, settings).outcome()


def _held_already(health: Health, prepared: Prepared, settings: Settings) -> bool:
    """The containers that prove it are older than the time they have to hold."""
    hold = settings.hold_on(prepared.desired.node)
    created = [
        container.created_at
        for pod in prepared.observation.pods or ()
        if pod.uid == health.uid
        for container in pod.containers
    ]
    return not created or prepared.observation.clock - max(created) >= hold


@dataclass(slots=True)
class _Run:
    """One execution of the node's program, from its first record to the outcome."""

    prepared: Prepared
    host: Host
    world: World
    settings: Settings
    applied: list[Applied] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    finished: bool = False

    def outcome(self) -> Outcome:
        verification = Verification(
            self.prepared.expectations,
            self.prepared.observation,
            self.world.mirrors,
            hold=self.settings.hold_on(self.prepared.desired.node),
            clock=self.world.clock,
        )
        lost = self._apply(verification)
        # with --wait-for file nothing is watched: the node itself checked the digest of what it wrote
        healths = verification.judge_now() if self._watches else ()
        if lost:
            healths = silence(healths, lost)
        elif not self.problems:
            self.problems += explain(healths, self.prepared.observation, self.world.mirrors, verification)
        gaps = _gaps(verification, healths)
        status = Status.FAILED if self.problems else Status.CHANGED if self.applied else Status.UNCHANGED
        return _outcome(
            self.prepared,
            status,
            healths=healths,
            applied=tuple(self.applied),
            gaps=gaps,
            problems=tuple(self.problems),
            warnings=tuple(self.warnings),
        )

    @property
    def _watches(self) -> bool:
        return any(expectation.wait_for is not WaitFor.FILE for expectation in self.prepared.expectations)

    def _apply(self, verification: Verification) -> str:
        """Run the program; returns why the connection was lost, if it was."""

        order = self._order()
        self.finished = not order.writes
        events = apply(
            self.prepared.plan.node,
            self.host,
            order,
            timeout=order.watch_seconds + order.lock_seconds + LAST_WORDS_SECONDS,
        )
        try:
            with closing(events):
                for event in events:
                    self._note(event)
                    wanted = verification.on_event(event) and not (
                        isinstance(event, Ticked) and self.world.interruption()
                    )
                    # never between two writes, the second of an update included: what was begun is finished, told
                    # and proven
                    if self.finished and not wanted:
                        break
        except HostError as error:
            # hostile output too: what was applied before it must not be forgotten
            self.problems += problems_on(self.prepared.plan.node, error)
            return "the connection was lost"
        if self.world.interruption():
            self.problems.append(
                Problem(
                    "interrupted before it was proven",
                    "run the same command again",
                    node=self.prepared.plan.node,
                )
            )
        return ""

    def _order(self) -> WriteOrder:
        prepared, node = self.prepared, self.prepared.desired.node
        deadline = max((expectation.deadline for expectation in prepared.expectations), default=0.0)
        if not prepared.observation.kubelet.running:
            deadline = min(deadline, WITHOUT_KUBELET_SECONDS)
        seconds = second_writes(prepared.plan, prepared.observation) if self._watches else ()
        longest = max((second.seconds for second in seconds), default=0.0)
        return WriteOrder(
            observation=prepared.observation,
            state_dir=state_dir(prepared.observation.folder, node.settings.state_dir),
            writes=prepared.plan.writes,
            second_writes=seconds,
            lock_owner=self.world.operator,
            lock_seconds=int(longest) + LOCK_SECONDS,
            watch_seconds=int(deadline + 0.999) if self._watches else 0,
        )

    def _note(self, event: Event) -> None:
        """Keep what was applied, and what stopped it."""
        match event:
            case Unlocked():
                self.finished = True
            case Written():
                self.applied.append(Applied(event.file_name, "written"))
            case Deleted():
                self.applied.append(Applied(event.file_name, "deleted"))
            case SecondWritten():
                self.applied.append(Applied(event.file_name, "second"))
            case SecondLate():
                self.warnings.append(
                    f"the old pod of `{event.file_name}` did not end in time for the second write"
                )
            case LockHeld() | StepFailed() | Refused():
                self.problems.append(explain_stop(event, self.prepared.observation))


def _gaps(verification: Verification, healths: tuple[Health, ...]) -> tuple[Gap, ...]:
    found = (verification.timeline.gap(health.expectation, health.uid) for health in healths)
    return tuple(gap for gap in found if gap is not None)


def _outcome(
    prepared: Prepared,
    status: Status,
    *,
    healths: tuple[Health, ...] = (),
    applied: tuple[Applied, ...] = (),
    gaps: tuple[Gap, ...] = (),
    problems: tuple[Problem, ...] = (),
    warnings: tuple[str, ...] = (),
) -> Outcome:
    return Outcome(
        node=prepared.plan.node,
        status=status,
        plan=prepared.plan,
        applied=applied,
        healths=healths,
        gaps=gaps,
        problems=problems,
        warnings=(*prepared.warnings, *warnings),
    )
