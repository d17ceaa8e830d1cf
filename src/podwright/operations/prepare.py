"""Observes one node and plans what is to happen there; changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from podwright.manifests.workload import SUFFIX, whatever_slot
from podwright.operations.confirmation_time import to_confirm
from podwright.operations.desired import Adopt, Desired, Release, Restart
from podwright.operations.desired_from_node import filled_in, parts_for
from podwright.operations.judging_on_node import refused_on_node
from podwright.operations.observation import observed
from podwright.operations.others_changes import undone
from podwright.operations.report import Convergence, NodeResult, Outcome, Status
from podwright.operations.surge import in_slots, refused_beside
from podwright.operations.world import Settings, World
from podwright.plan.admission import not_started
from podwright.plan.changes import Action
from podwright.plan.compare import compare, renamed_apart
from podwright.plan.expectations import WaitFor
from podwright.plan.history import Fate, failed_before
from podwright.plan.holds import refused_by
from podwright.plan.lock_times import lasts
from podwright.plan.observed import Observation
from podwright.plan.preflight import name_owners, other_name, preflight, unverifiable, warnings
from podwright.plan.prerequisites import unmet
from podwright.plan.provision.item import Thing
from podwright.plan.provision.pressure import Least
from podwright.plan.reasons import Difference
from podwright.plan.stages import Plan, make_plan
from podwright.plan.unconfirmed import told, unconfirmed
from podwright.plan.words import hint, message, problem
from podwright.problem import Problem
from podwright.remote.host import Host
from podwright.remote.node.observe import Part


class Prepared(Struct, frozen=True):
    """A node that was observed, and what is to happen there; `problems` and conflicts of the plan stop it.

    `least` is what it must still have when its kubelet or its runtime may restart.
    """

    desired: Desired
    observation: Observation
    plan: Plan
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0
    least: tuple[Least, ...] = ()

    @property
    def stopped(self) -> Status | None:
        """Why nothing is written; None: go ahead."""
        if self.problems:
            return Status.REFUSED
        return Status.CONFLICT if self.plan.conflicts else None

    @property
    def disruptive(self) -> bool:
        """Whether the node's kubelet or its runtime may restart with the changes."""
        subjects = (change.subject for change in self.plan.pending)
        return any(isinstance(subject, Thing) and subject.item.restarts for subject in subjects)

    @property
    def moves_pods(self) -> bool:
        """Whether every static pod of the node restarts, because their folder moves."""
        subjects = (change.subject for change in self.plan.pending)
        return any(isinstance(subject, Thing) and bool(subject.item.move[0]) for subject in subjects)

    @property
    def disturbed(self) -> tuple[str, ...]:
        """Names of the pods that may end for a while: those that change, or all of the node if it is disruptive."""
        if self.desired.items is None:
            names = (whatever_slot(change.name).removesuffix(SUFFIX) for change in self.plan.pending)
            return tuple(dict.fromkeys(names))
        return tuple(pod.name for pod in self.desired.node.static_pods if pod.present and self.disruptive)

    def outcome(self) -> Outcome:
        """Of a dry run, or of a node that must not be written to: what would happen, and what stops it."""
        conflicts = (
            problem(reason, self.plan.node) for change in self.plan.conflicts for reason in change.reasons
        )
        return NodeResult(
            self.plan.node,
            self.stopped or (Status.PENDING if self.plan.pending else Status.UNCHANGED),
            Convergence(self.plan),
            problems=(*self.problems, *conflicts),
            warnings=self.warnings,
            seconds=self.seconds,
        )


def prepare(desired: Desired, host: Host, world: World, settings: Settings) -> Prepared:
    """Observe the node and plan; changes nothing. Raises HostError and its kinds."""
    node, wait_for = desired.node, settings.wait_for_on(desired.node)
    asks_api = wait_for is not WaitFor.FILE
    named = desired.sought or (*(one.file_name for one in desired.manifests), *desired.absent)
    observation = observed(
        node,
        host,
        desired.manifests,
        mirrors=world.mirrors if asks_api else None,
        with_needs=asks_api,
        parts=_parts(desired, settings),
        history_names=() if settings.resumes else named,
    )
    desired, unknown = filled_in(desired, observation)
    desired, where = in_slots(desired, observation, wait_for)
    changes = compare(
        desired.manifests,
        desired.absent,
        observation,
        adopt=settings.adopt or (isinstance(desired.from_node, Adopt) and not desired.from_node.note),
        note=isinstance(desired.from_node, Adopt | Release) and desired.from_node.note,
        restart=isinstance(desired.from_node, Restart),
        mirrors=world.mirrors.on_node(observation.node_name) if asks_api and desired.absent else (),
        owner=desired.owner,
        prune=settings.prune,
        not_started=tuple(_refused(desired, observation, world)) if asks_api else (),
        beside=where.beside,
        ending=where.ending,
    )
    if wait_for is not WaitFor.FILE:
        changes = tuple(renamed_apart(changes))
    plan = make_plan(observation.node, changes, wait_for=wait_for, timeout=settings.timeout_on(node))
    refused, noted = undone(plan, desired, observation, settings)
    unknown = (*unknown, *refused_beside(desired, where))
    problems = (*unknown, *_problems(plan, desired, observation, world, wait_for), *refused)
    if not settings.retry and desired.from_node is None:
        problems = (*problems, *_failed_before(plan, observation))
    of_pods = (*warnings(observation, wait_for), *_unmet_needs(plan, desired, observation))
    of_pods = () if problems else (*of_pods, *_of_switches(plan, desired, observation, settings))
    noted = (*noted, *_doubts(desired, observation, world), *_of_lock(plan, observation, settings))
    return Prepared(
        desired,
        observation,
        plan,
        problems=problems,
        warnings=(*of_pods, *_left_alone(plan), *noted),
    )


def _parts(desired: Desired, settings: Settings) -> frozenset[Part]:
    """What is to be observed."""
    # what others wrote is kept after what the history has
    further = {Part.HISTORY} if settings.resumes or settings.adopt else set()
    return parts_for(desired) | further | ({Part.KUBEADM, Part.LOCK} if settings.dry_run else set())


def _failed_before(plan: Plan, observation: Observation) -> Iterator[Problem]:
    """What would be written and failed on this node once, unless it lies there still."""
    for change in plan.pending:
        kept, there = change.subject.revision(change.action), change.subject.found()
        found = kept and failed_before(observation.outcomes, kept.name, kept.digest)
        if found and kept and not (there and there.digest == kept.digest):
            name = found.name.removesuffix(SUFFIX)
            back = " and was taken back" if found.fate is Fate.REVERTED else ""
            yield Problem(
                f"this content of `{found.name}` failed here in the run {found.run}{back}",
                f"correct the manifest; `podwright manifest history {name} -o json` has the reason;"
                " `--retry` tries the same content once more",
                node=plan.node,
            )


def _unmet_needs(plan: Plan, desired: Desired, observation: Observation) -> Iterator[str]:
    """What new pods would wait for: known before the old ones end."""
    written = {change.name for change in plan.pending}
    manifests = [manifest for manifest in desired.manifests if manifest.file_name in written]
    return unmet(manifests, observation, {entry.file_name for entry in plan.expectations if entry.old_uid})


def _refused(desired: Desired, observation: Observation, world: World) -> Iterator[str]:
    """Files in place that their kubelet will not start unless they are written again."""
    for found in not_started(desired.manifests, observation):
        if found.long_ago or world.mirrors.refusal(found.pod, found.changed_at):
            yield found.file_name


def _doubts(desired: Desired, observation: Observation, world: World) -> Iterator[str]:
    """A name that contradicts the kubelet's, if the API cannot tell which of the two is right."""
    found = other_name(observation, desired.node.settings.node_name)
    if found and world.mirrors.unavailable:
        yield f"{message(found)}; {hint(found)}"


def _of_switches(plan: Plan, desired: Desired, observation: Observation, settings: Settings) -> Iterator[str]:
    if not plan.pending:
        yield from told(observation)
    waiting = to_confirm(plan.changes, desired, settings)
    seconds = max((seconds for _, seconds in waiting), default=0.0)
    needed = settings.hold_on(desired.node) + sum(
        max((entry.deadline for entry in stage.expectations), default=0.0) for stage in plan.stages
    )
    if waiting and seconds < needed:
        yield f"it goes back unless it is confirmed within {seconds:.0f} s, and may take {needed:.0f} s to be proven"


def _of_lock(plan: Plan, observation: Observation, settings: Settings) -> Iterator[str]:
    """Whoever has the lock now may be done by the time that a run wants to write."""
    lock = observation.lock
    if plan.pending and lock and lasts(lock) and lock.id != settings.break_lock:
        yield f"nothing can be written now: {lock.owner} has the lock of the node; `--wait-lock 5m` waits for it"


def _left_alone(plan: Plan) -> Iterator[str]:
    for change in plan.changes:
        if change.action is Action.ORPHAN:
            yield f"`{change.name}` is an orphan: {change.reason}; {change.hint}"
        elif any(reason.kind is Difference.SAME_POD for reason in change.reasons):
            yield f"`{change.name}` is {change.reason}; {change.hint}"


def _problems(
    plan: Plan, desired: Desired, observation: Observation, world: World, wait_for: WaitFor
) -> Iterator[Problem]:
    """Why the node must not be written to."""
    checks = preflight(
        observation,
        configured_folder=desired.node.settings.manifest_dir,
        # a removal goes on without a kubelet: the file is what counts, and the report names what stays
        wait_for=wait_for if desired.manifests else WaitFor.FILE,
        writes=bool(plan.pending),
    )
    unavailable = (
        "" if checks or wait_for is WaitFor.FILE or not plan.expectations else world.mirrors.unavailable
    )
    checks += unverifiable(observation, api=unavailable, wait_for=wait_for)
    if plan.pending:
        checks += tuple(unconfirmed(observation, world.run.id))
        names = (change.name for change in plan.pending)
        checks += tuple(refused_by(observation.holds, plan.node, names, world.wall()))
    yield from (problem(check, plan.node) for check in checks)
    if not checks and not unavailable and wait_for is not WaitFor.FILE:
        yield from _problems_of_new_pods(plan, desired, observation, world)
        named = desired.node.settings.node_name
        contradiction = other_name(observation, named)
        # a cloud may give a node another name than its host's; then the API shows a node of that name
        if (
            contradiction
            and named
            and not world.mirrors.node(named)
            and world.mirrors.node(_reported_name(observation))
        ):
            yield problem(contradiction, plan.node)


def _reported_name(observation: Observation) -> str:
    return observation.kubelet.node_name.lower()


def _problems_of_new_pods(
    plan: Plan, desired: Desired, observation: Observation, world: World
) -> Iterator[Problem]:
    """A regular pod that has the name of a mirror to come; what this node would refuse."""
    written = {change.name for change in plan.pending if change.action is not Action.DELETE}
    pods = (entry.pod for entry in plan.expectations if entry.file_name in written and not entry.gone)
    for owner in name_owners(world.mirrors.see(pod) for pod in pods if pod):
        yield problem(owner, plan.node)
    manifests = [manifest for manifest in desired.manifests if manifest.file_name in written]
    yield from refused_on_node(manifests, desired.node, observation, world.mirrors)
