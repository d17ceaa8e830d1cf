"""Compares what should run with what does, and cannot write: it never sees the code that does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from podwright.errors import ExitCode, PodwrightError
from podwright.operations.desired import Desired
from podwright.operations.fleet import problems_on, run_on_all
from podwright.operations.look import look
from podwright.operations.witness import not_asked, witnessed
from podwright.operations.world import Settings, World
from podwright.plan.changes import Action
from podwright.plan.compare import compare
from podwright.plan.drift import Finding, drift
from podwright.plan.expectations import WaitFor
from podwright.plan.health import Health, Source
from podwright.plan.observed import Observation
from podwright.plan.preflight import preflight
from podwright.plan.proof import Proof
from podwright.plan.stages import Plan, make_plan
from podwright.plan.words import problem
from podwright.problem import Problem


@dataclass(frozen=True, slots=True)
class NodeDrift:
    """What one node's check came to; `unchecked` says what could not be asked, `plan` what a push would do."""

    node: str
    findings: tuple[Finding, ...] = ()
    unchecked: tuple[Problem, ...] = ()
    healths: tuple[Health, ...] = ()
    plan: Plan | None = None
    seconds: float = 0.0
    trace: str = ""


@dataclass(frozen=True, slots=True)
class DriftReport:
    """All nodes, in the order of the inventory."""

    nodes: tuple[NodeDrift, ...]
    notes: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(finding for node in self.nodes for finding in node.findings)

    @property
    def unchecked(self) -> tuple[Problem, ...]:
        return tuple(problem for node in self.nodes for problem in node.unchecked)

    def exit_code(self) -> ExitCode:
        """Drift outweighs what could not be checked: it is known, and somebody must act."""
        if self.findings:
            return ExitCode.DRIFT
        return ExitCode.UNCHECKED if self.unchecked else ExitCode.DONE


def check_drift(
    desired: tuple[Desired, ...],
    world: World,
    settings: Settings,
    *,
    progress: Callable[[NodeDrift], None] = lambda _: None,
) -> DriftReport:
    """One look at every node; nothing is waited for and nothing is changed."""

    def check(one: Desired) -> NodeDrift:
        begun = world.clock()
        with world.connect(one.node) as host:
            mirrors = world.mirrors if settings.wait_for_on(one.node) is not WaitFor.FILE else None
            observation = look(one.node, host, one.manifests, mirrors=mirrors)
        return replace(_compare(one, observation, world, settings), seconds=world.clock() - begun)

    nodes = run_on_all(
        desired,
        check,
        forks=settings.forks,
        failed=_unreachable,
        interruption=world.interruption,
        done=progress,
    )
    return DriftReport(nodes, tuple(_notes(world, nodes)))


def _compare(desired: Desired, observation: Observation, world: World, settings: Settings) -> NodeDrift:
    wait_for, node = settings.wait_for_on(desired.node), observation.node
    blocked = preflight(
        observation,
        configured_folder=desired.node.settings.manifest_dir,
        wait_for=wait_for,
        writes=False,
        without_kubelet="`--wait-for file` checks the files alone",
    )
    unchecked = tuple(problem(check, node) for check in blocked)
    if not observation.folder_seen:
        # nothing could be observed, so nothing is known to be missing, and nothing to be in sync
        return NodeDrift(node, unchecked=unchecked)
    plan = make_plan(node, compare(desired.manifests, desired.absent, observation), wait_for=wait_for)
    proof = witnessed(
        Proof.begin(plan.expectations, observation, patience=0, at_rest=True), world.mirrors, world.clock()
    )
    in_place = {change.name for change in plan.changes if change.action is Action.KEEP}
    kept = [health for health in proof.healths if health.expectation.file_name in in_place]
    mirrors = world.mirrors.on_node(observation.node_name) if wait_for.includes(WaitFor.MIRROR) else ()
    findings = drift(plan, kept, observation, mirrors)
    unavailable = _unavailable_witnesses(node, kept, world, wait_for)
    return NodeDrift(node, findings, (*unchecked, *unavailable), proof.healths, plan)


def _unavailable_witnesses(
    node: str, healths: Iterable[Health], world: World, wait_for: WaitFor
) -> Iterator[Problem]:
    """A witness that was to be asked and could not: never in sync. An API that nobody gave is a note instead."""
    if wait_for is WaitFor.FILE:
        return
    seen = set()
    for health in healths:
        for entry in health.unknown:
            of_api = entry.name is Source.MIRROR
            if entry.name not in seen and not (of_api and world.without_api):
                seen.add(entry.name)
                remedy = world.mirrors.remedy if of_api else ""
                yield Problem(f"the {entry.name} could not be asked: {entry.detail}", remedy, node=node)


def _unreachable(desired: Desired, error: BaseException, trace: str) -> NodeDrift:
    bug = not isinstance(error, PodwrightError)
    unchecked = problems_on(desired.node.name, error)
    return NodeDrift(desired.node.name, unchecked=unchecked, trace=trace if bug else "")


def _notes(world: World, nodes: Iterable[NodeDrift]) -> Iterator[str]:
    if world.without_api and any(node.healths for node in nodes):
        yield not_asked(world.mirrors)
