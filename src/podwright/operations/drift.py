"""Compares what should run with what does, and cannot write: it never sees the code that does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from podwright.errors import ExitCode, PodwrightError
from podwright.operations.desired import Desired
from podwright.operations.fleet import problems_on, run_on_all
from podwright.operations.look import look
from podwright.operations.verify import judge_observation
from podwright.operations.world import Settings, World
from podwright.plan.changes import Action, Plan, make_plan
from podwright.plan.expectations import expectations, orphaned_mirrors, orphans
from podwright.plan.health import Health, Says, WaitFor
from podwright.plan.observed import MirrorPod, Observation
from podwright.plan.preflight import refusals
from podwright.problem import Problem


class Drift(StrEnum):
    """The kinds of findings; the documentation has a line for each."""

    FILE_MISSING = "file-missing"
    FILE_CHANGED = "file-changed"
    FILE_UNWANTED = "file-unwanted"
    FILE_FOREIGN = "file-foreign"
    POD_DUPLICATE = "pod-duplicate"
    POD_NOT_RUNNING = "pod-not-running"
    POD_ORPHANED = "pod-orphaned"
    MIRROR_MISSING = "mirror-missing"
    MIRROR_ORPHANED = "mirror-orphaned"


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference between what should be and what is; `subject` is a file or a pod."""

    node: str
    drift: Drift
    subject: str
    detail: str

    def __str__(self) -> str:
        return f"{self.node}: {self.drift}: {self.subject}: {self.detail}"


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
    wait_for = settings.wait_for_on(desired.node)
    blocked = refusals(
        observation,
        configured_folder=desired.node.settings.manifest_dir,
        wait_for=wait_for,
        writes=False,
        without_kubelet="`--wait-for file` checks the files alone",
    )
    if not observation.folder_seen:
        # nobody could look, so nothing is known to be missing, and nothing to be clean
        return NodeDrift(observation.node, unchecked=blocked)
    plan = make_plan(desired.manifests, desired.absent, observation)
    wanted = expectations(plan, observation, wait_for=wait_for)
    healths = judge_observation(wanted, observation, world.mirrors)
    in_place = {change.file_name for change in plan.changes if change.action is Action.KEEP}
    judged = [health for health in healths if health.expectation.file_name in in_place]
    findings = (
        *_file_findings(plan),
        *_pod_findings(plan.node, judged),
        *_orphan_findings(observation, world, wait_for),
    )
    unchecked = (*blocked, *_silent_witnesses(plan.node, judged, world, wait_for))
    return NodeDrift(plan.node, tuple(findings), tuple(unchecked), healths, plan)


def _file_findings(plan: Plan) -> Iterator[Finding]:
    for change in plan.changes:
        match change.action:
            case Action.CREATE:
                yield Finding(plan.node, Drift.FILE_MISSING, change.file_name, "it should be there")
            case Action.UPDATE:
                yield Finding(plan.node, Drift.FILE_CHANGED, change.file_name, change.reason)
            case Action.DELETE:
                yield Finding(plan.node, Drift.FILE_UNWANTED, change.file_name, "it should be absent")
            case Action.CONFLICT:
                duplicate = "also defines" in change.reason
                drift = Drift.POD_DUPLICATE if duplicate else Drift.FILE_FOREIGN
                yield Finding(plan.node, drift, change.file_name, change.reason)


def _pod_findings(node: str, healths: Iterable[Health]) -> Iterator[Finding]:
    """Of files that are as they should be: whether the pod that runs, and its mirror, are theirs."""
    for health in healths:
        for entry in health.missing:
            drift = Drift.MIRROR_MISSING if entry.name == "mirror" else Drift.POD_NOT_RUNNING
            yield Finding(node, drift, str(health.expectation.pod), entry.detail)


def _orphan_findings(observation: Observation, world: World, wait_for: WaitFor) -> Iterator[Finding]:
    running = {pod.ref for pod in orphans(observation)}
    for ref in sorted(running):
        yield Finding(observation.node, Drift.POD_ORPHANED, str(ref), "it runs although no file defines it")
    shown = world.mirrors.on_node(observation.node_name) if wait_for.includes(WaitFor.MIRROR) else ()
    for mirror in orphaned_mirrors(observation, shown):
        if mirror.ref not in running:
            yield Finding(observation.node, Drift.MIRROR_ORPHANED, str(mirror.ref), _why_it_stays(mirror))


def _why_it_stays(mirror: MirrorPod) -> str:
    if mirror.finalizers:
        return f"no file defines its pod; the finalizer {', '.join(f'`{name}`' for name in mirror.finalizers)} holds it"
    return "the API shows it although no file defines its pod"


def _silent_witnesses(
    node: str, healths: Iterable[Health], world: World, wait_for: WaitFor
) -> Iterator[Problem]:
    """A witness that was to speak and could not: never clean. An API nobody gave is told in a note instead."""
    if wait_for is WaitFor.FILE:
        return
    seen = set()
    for health in healths:
        for entry in health.unknown:
            if entry.says is Says.UNKNOWN and entry.name not in seen and not _never_meant(entry.name, world):
                seen.add(entry.name)
                remedy = world.mirrors.remedy if entry.name == "mirror" else ""
                yield Problem(f"the {entry.name} could not be asked: {entry.detail}", remedy, node=node)


def _never_meant(witness: str, world: World) -> bool:
    return witness == "mirror" and world.without_api


def _unreachable(desired: Desired, error: BaseException, trace: str) -> NodeDrift:
    bug = not isinstance(error, PodwrightError)
    unchecked = problems_on(desired.node.name, error)
    return NodeDrift(desired.node.name, unchecked=unchecked, trace=trace if bug else "")


def _notes(world: World, nodes: Iterable[NodeDrift]) -> Iterator[str]:
    if world.without_api and any(node.healths for node in nodes):
        yield f"the API is no witness ({world.mirrors.unavailable}): the nodes' own witnesses carry the verdict"
