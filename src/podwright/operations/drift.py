"""Compares what should run with what does, and cannot write: it never sees the code that does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from podwright.exit_codes import ExitCode
from podwright.operations.desired import Desired
from podwright.operations.drift_certificates import NONE_SEEN, CertificatesSeen, certificates_seen
from podwright.operations.drift_evidence import (
    Age,
    Blind,
    ages_of,
    blind_by,
    blind_for,
    earliest_run,
    mirrors_of,
    refused,
    unavailable_evidence,
    unlabelled,
    unseen_notes,
    with_the_apis_reason,
)
from podwright.operations.fleet import Processor, run_on_all
from podwright.operations.mirror_evidence import not_asked, with_mirrors
from podwright.operations.observation import observed
from podwright.operations.report import NodeResult, Report, Status, failure
from podwright.operations.surge import in_slots
from podwright.operations.world import Settings, World
from podwright.plan.changes import Action
from podwright.plan.compare import compare
from podwright.plan.drift import Finding, drift
from podwright.plan.drift_excuses import NOTHING_ALLOWED, Allowances, Excused, in_flux
from podwright.plan.drift_held import excused_by, held_findings
from podwright.plan.drift_history import NO_COURSE, NO_HISTORY, Course, DriftHistory, restarted
from podwright.plan.drift_rollout_excuses import NOBODY_AT_WORK, AtWork, at_work, of_rollout, of_surge
from podwright.plan.drift_unmanaged import elsewhere, of_kubelet, unnamed
from podwright.plan.duplicate_nodes import Identity, same_nodes
from podwright.plan.expectations import WaitFor
from podwright.plan.health import Health
from podwright.plan.history import Revision
from podwright.plan.holds import in_force
from podwright.plan.observed import Observation, ObservedPod
from podwright.plan.preflight import preflight
from podwright.plan.proof import Proof
from podwright.plan.reasons import Drift
from podwright.plan.stages import Plan, make_plan
from podwright.plan.words import problem
from podwright.remote.node.observe import EVERY_DAY, Part


class NodeDrift(Struct, frozen=True):
    """What one node's check found; its result's problems are what could not be checked. `pods` run of what is expected.

    `excused` are findings that do not count: their pod is changing just now, or the inventory waives them. `course` is how
    what there is, or was, went on since the check before. `at_work`: what shows a run there;
    `changes`: the last one of each file, if they were asked for; `unseen`: what of certificates and SELinux labels could
    not be seen. `blind` says why, if there are problems.
    """

    findings: tuple[Finding, ...] = ()
    healths: tuple[Health, ...] = ()
    plan: Plan | None = None
    identity: Identity | None = None
    pods: tuple[ObservedPod, ...] = ()
    excused: tuple[Excused, ...] = ()
    course: Course = NO_COURSE
    at_work: AtWork = NOBODY_AT_WORK
    changes: tuple[Revision, ...] = ()
    ages: tuple[Age, ...] = ()
    unseen: tuple[str, ...] = ()
    blind: Blind = Blind.INCOMPLETE


Checked = NodeResult[NodeDrift]


class _Asked(Struct, frozen=True):
    """What each node is checked by; `allowed` is by node."""

    world: World
    settings: Settings
    allowed: Mapping[str, Allowances]
    history: DriftHistory
    with_changes: bool


_PARTS = (*EVERY_DAY, Part.LOCK, Part.CHANGES)


def findings_of(report: Report[NodeDrift]) -> tuple[Finding, ...]:
    return tuple(finding for result in report.nodes for finding in result.value.findings)


def drift_code(report: Report[NodeDrift]) -> ExitCode:
    """Drift outweighs what could not be checked: it is known, and needs action."""
    if findings_of(report):
        return ExitCode.DRIFT
    return ExitCode.UNCHECKED if report.problems else ExitCode.DONE


def check_drift(
    desired: tuple[Desired, ...],
    world: World,
    settings: Settings,
    *,
    allowances: Allowances = NOTHING_ALLOWED,
    whole: bool = False,
    history: DriftHistory = NO_HISTORY,
    with_changes: bool = False,
    processors: Iterable[Processor[Desired, Checked]] = (),
) -> Report[NodeDrift]:
    """One observation of every node; nothing is waited for and nothing is changed.

    Each node's own waivers are added to the allowances. `whole`: these are all nodes of the inventory, with all that they
    should run, so a pod of ours on any other is drift. `history` is of the same scope. `with_changes`: also who
    changed each file last.
    """
    allowed = {
        one.node.name: replace(allowances, waivers=(*allowances.waivers, *one.node.settings.waivers))
        for one in desired
    }
    results = run_on_all(
        desired,
        partial(_check, asked=_Asked(world, settings, allowed, history, with_changes)),
        lambda one, error: failure(one.node.name, error, NodeDrift(blind=blind_by(error))),
        forks=settings.forks,
        interruption=world.interruption,
        processors=processors,
    )
    results = tuple(_with_duplicates(results, allowed, api=not world.without_api))
    results = tuple(_during_a_rollout(results, history))
    if whole and settings.wait_for in (None, WaitFor.MIRROR, WaitFor.READY):
        results += tuple(_elsewhere(desired, results, world, allowances))
    results = tuple(_with_course(result, history) for result in results)
    results += tuple(_no_longer_elsewhere(results, history))
    return Report("DriftReport", results, tuple(_notes(world, results)))


def _elsewhere(
    desired: Iterable[Desired], results: Iterable[Checked], world: World, allowances: Allowances
) -> Iterator[Checked]:
    """Nodes with pods of ours that the inventory lacks; not told unless every node's own name is known."""
    seen = {result.node: result.value.identity for result in results}
    names = [
        found.node_name if (found := seen[one.node.name]) else one.node.settings.node_name for one in desired
    ]
    if not all(names):
        return
    owners = {one.owner for one in desired}
    for finding in elsewhere(world.mirrors.everywhere(), {name.lower() for name in names if name}, owners):
        findings, _ = allowances.settle((finding,))
        if findings:
            yield NodeResult(finding.node, Status.OBSERVED, NodeDrift(findings))


def _no_longer_elsewhere(results: tuple[Checked, ...], history: DriftHistory) -> Iterator[Checked]:
    """Nodes that the inventory lacks and of which the check before told; mended only if every node could be checked."""
    seen = {result.node for result in results}
    whole = not any(result.problems for result in results)
    for name, before in history.before.nodes.items() if history.before else ():
        if name not in seen and any(found.drift == Drift.MIRROR_ELSEWHERE.value for found in before.found):
            yield NodeResult(name, Status.OBSERVED, NodeDrift(course=history.course(name, (), whole=whole)))


def _with_course(result: Checked, history: DriftHistory) -> Checked:
    value = result.value
    excused = [entry.finding for entry in value.excused]
    course = history.course(result.node, value.findings, excused, value.pods, whole=not result.problems)
    return replace(result, value=replace(value, course=course))


def _check(desired: Desired, asked: _Asked) -> Checked:
    world, settings = asked.world, asked.settings
    begun = world.clock()
    with world.connect(desired.node) as host:
        mirrors = world.mirrors if settings.wait_for_on(desired.node) is not WaitFor.FILE else None
        observation = observed(desired.node, host, desired.manifests, mirrors=mirrors, parts=_PARTS)
        seen = certificates_seen(observation, host) if mirrors else NONE_SEEN
    checked = _compare(desired, observation, seen, asked)
    return replace(_with_course(checked, asked.history), seconds=world.clock() - begun)


def _during_a_rollout(results: tuple[Checked, ...], history: DriftHistory) -> Iterator[Checked]:
    """A run goes from node to node: what it has not come to yet is in flux too."""
    found = {
        result.node: result.value.at_work for result in results if result.value.at_work != NOBODY_AT_WORK
    }
    for result in results:
        excused = of_rollout(result.value.findings, result.node, found, history.ages(result.node))
        counted, more = NOTHING_ALLOWED.settle(result.value.findings, excused)
        value = replace(result.value, findings=counted, excused=(*result.value.excused, *more))
        yield replace(result, value=value)


def _with_duplicates(
    results: tuple[Checked, ...], allowed: Mapping[str, Allowances], *, api: bool
) -> Iterator[Checked]:
    """Two inventory names of one node are drift of both, whatever lies there."""
    twice = same_nodes((entry.value.identity for entry in results if entry.value.identity), api=api)
    for result in results:
        value, found = result.value, []
        if result.node in twice:
            name = value.identity.node_name if value.identity else ""
            found = [Finding(result.node, Drift.NODE_DUPLICATE, name, twice[result.node])]
        counted, excused = allowed[result.node].settle(found)
        value = replace(value, findings=value.findings + counted, excused=value.excused + excused)
        yield replace(result, value=value)


def _compare(desired: Desired, observation: Observation, seen: CertificatesSeen, asked: _Asked) -> Checked:
    allowed, node = asked.allowed[desired.node.name], observation.node
    blocked = preflight(
        observation,
        configured_folder=desired.node.settings.manifest_dir,
        wait_for=asked.settings.wait_for_on(desired.node),
        writes=False,
        without_kubelet="`--wait-for file` checks the files alone",
    )
    of_node = tuple(of_kubelet(node, blocked))
    holds = in_force(observation.holds, asked.world.wall())
    others = (*allowed.expired(node), *seen.findings, *held_findings(node, holds))
    identity = Identity(node, observation.node_name, observation.kubelet.pid)
    unchecked = tuple(problem(check, node) for check in blocked)
    if not observation.folder_seen:
        # nothing could be observed, so nothing is known to be missing, and nothing to be in sync
        findings, excused = allowed.settle((*of_node, *others), excused_by(holds, others))
        value = NodeDrift(findings, identity=identity, excused=excused, blind=blind_for(blocked))
        return NodeResult(node, Status.OBSERVED, value, unchecked)
    result = _compare_folder(desired, observation, asked, of_node, others)
    unseen = (*seen.unseen, *unlabelled(observation))
    value = replace(result.value, identity=identity, unseen=unseen, blind=blind_for(blocked))
    return replace(result, value=value, problems=(*unchecked, *result.problems))


def _compare_folder(
    desired: Desired,
    observation: Observation,
    asked: _Asked,
    first: tuple[Finding, ...],
    last: tuple[Finding, ...],
) -> Checked:
    """What differs there stands between what was found already."""
    world, history, allowed = asked.world, asked.history, asked.allowed[desired.node.name]
    wait_for, node = asked.settings.wait_for_on(desired.node), observation.node
    # nothing starts beside what lies there: that is what is compared
    desired, where = in_slots(desired, observation, WaitFor.FILE)
    changes = compare(
        desired.manifests, desired.absent, observation, owner=desired.owner, ending=where.ending
    )
    plan = make_plan(node, changes, wait_for=wait_for)
    proof = with_mirrors(
        Proof.begin(plan.expectations, observation, patience=0, at_rest=True), world.mirrors, world.clock()
    )
    in_place = {change.name for change in plan.changes if change.action is Action.KEEP}
    kept = [health for health in proof.healths if health.expectation.file_name in in_place]
    mirrors = mirrors_of(observation, world) if wait_for.includes(WaitFor.MIRROR) else ()
    named = {change.name for change in plan.changes}
    expected_files = desired.node.settings.expected_files
    found = (
        *first,
        *with_the_apis_reason(drift(plan, kept, observation, mirrors), observation, world),
        *(unnamed(observation, named, expected_files) if desired.owner is not None else ()),
        *last,
    )
    expected = {health.expectation.pod for health in proof.healths}
    pods = tuple(pod for pod in observation.pods or () if pod.ready and pod.ref in expected)
    crashing = {finding.subject for finding in found if finding.drift is Drift.POD_CRASH_LOOPING}
    found += tuple(restarted(node, pods, history.node(node), crashing, world.mirrors.see))
    holds = in_force(observation.holds, world.wall())
    since = earliest_run(world)
    changing = excused_by(holds, found) | of_surge(found, observation, plan, since)
    changing |= in_flux(found, observation, kept, history.ages(node))
    findings, excused = allowed.settle(found, changing)
    unavailable = unavailable_evidence(node, kept, world, wait_for)
    refusals = refused(plan, desired, observation, world) if wait_for is not WaitFor.FILE else ()
    value = NodeDrift(findings, proof.healths, plan, pods=pods, excused=excused)
    value = replace(
        value,
        at_work=at_work(observation, kept, plan, since),
        changes=observation.changes if asked.with_changes else (),
        ages=tuple(ages_of(observation, proof.healths)),
    )
    return NodeResult(node, Status.OBSERVED, value, (*unavailable, *refusals))


def _notes(world: World, results: Iterable[Checked]) -> Iterator[str]:
    if world.without_api and any(result.value.healths for result in results):
        yield not_asked(world.mirrors)
    yield from unseen_notes((result.node, result.value.unseen) for result in results)
