"""What a drift check of one node relies on beside the node itself, and what of it could not be had."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from podwright.errors import AuthenticationError, HostError
from podwright.inventory.variable_types import is_node_name
from podwright.operations.desired import Desired
from podwright.operations.judging_on_node import refused_on_node
from podwright.operations.world import World
from podwright.plan.drift import Finding
from podwright.plan.expectations import WaitFor
from podwright.plan.health import Health, Source
from podwright.plan.lock_times import LONGEST_LOCK_SECONDS
from podwright.plan.observed import MirrorPod, Observation
from podwright.plan.reasons import Check, Condition, Drift, Reason, because
from podwright.plan.run import RUN_TIME_FORMAT
from podwright.plan.stages import Plan
from podwright.pods.pod_ref import PodRef
from podwright.problem import Problem
from podwright.text import abbreviated


class Age(Struct, frozen=True):
    """For how many seconds a file has lain as it is, and the pod of its name runs; None: not known, or nothing is there."""

    file_name: str
    written: float | None = None
    started: float | None = None


def ages_of(observation: Observation, healths: Iterable[Health]) -> Iterator[Age]:
    """By the node's own clock."""
    for expectation in (health.expectation for health in healths if observation.clock):
        file = observation.file(expectation.file_name)
        ready = observation.ready_pods(expectation.pod) if expectation.pod else ()
        began = max((pod.created_at for pod in ready), default=0.0)
        found = (observation.clock - at if at else None for at in (file.mtime if file else 0, began))
        yield Age(expectation.file_name, *(None if one is None else max(0.0, one) for one in found))


class Blind(StrEnum):
    """Why a node could not be checked, or not all of it."""

    UNREACHABLE = "unreachable"
    NOT_PERMITTED = "not-permitted"
    INCOMPLETE = "incomplete"


_NOT_PERMITTED = (Check.KUBELET_UNREADABLE, Check.FOLDER_UNREADABLE)


def blind_by(error: BaseException) -> Blind:
    """Of a node whose check raised."""
    if isinstance(error, AuthenticationError):
        return Blind.NOT_PERMITTED
    return Blind.UNREACHABLE if isinstance(error, HostError) else Blind.INCOMPLETE


def blind_for(checks: Iterable[Reason[Check]]) -> Blind:
    """Of a node that was reached."""
    return Blind.NOT_PERMITTED if any(one.kind in _NOT_PERMITTED for one in checks) else Blind.INCOMPLETE


def earliest_run(world: World) -> str:
    """When a run began that may just go on yet, as a node's history has it."""
    return time.strftime(RUN_TIME_FORMAT, time.gmtime(world.wall() - LONGEST_LOCK_SECONDS))


def mirrors_of(observation: Observation, world: World) -> tuple[MirrorPod, ...]:
    """The node's own; if it was renamed, those of its old name too, which no kubelet takes away."""
    own, before = world.mirrors.on_node(observation.node_name), observation.node.lower()
    if before == observation.node_name or not is_node_name(before):
        return own
    stale = world.mirrors.on_node(before)
    shown = world.mirrors.node(before) if stale else None
    return own if shown and shown.ready else (*own, *stale)


def with_the_apis_reason(
    findings: Iterable[Finding], observation: Observation, world: World
) -> Iterator[Finding]:
    """Why a pod or its mirror is not there, as far as the API can tell: it is asked if one is missing only."""
    for finding in findings:
        reason = finding.reason
        if reason.kind is Condition.NO_MIRROR and (why := _why_no_mirror(finding, observation, world)):
            yield replace(finding, reason=because(Drift.MIRROR_MISSING, pod=finding.subject, why=why))
        elif reason.kind is Condition.NOT_RUNNING and (why := _why_refused(finding, observation, world)):
            yield replace(finding, reason=because(Drift.POD_NOT_RUNNING, why=why))
        else:
            yield finding


def _why_refused(finding: Finding, observation: Observation, world: World) -> str:
    """A kubelet that refused a pod leaves an Event of it and nothing else; it does not try again by itself."""
    namespace, _, name = finding.subject.partition("/")
    file = observation.file(finding.file)
    refusal = world.mirrors.refusal(PodRef(namespace, name), file.mtime) if file and file.mtime else None
    return refusal.text if refusal else ""


def _why_no_mirror(finding: Finding, observation: Observation, world: World) -> str:
    namespace = finding.subject.partition("/")[0]
    if world.mirrors.lacks_namespace(namespace):
        return f"it has no namespace `{namespace}`"
    if not world.mirrors.hears_from(observation.node_name):
        return "the kubelet does not report to it"
    return ""


def refused(plan: Plan, desired: Desired, observation: Observation, world: World) -> Iterator[Problem]:
    """Why a push could not repair what has drifted."""
    pending = {change.name for change in plan.pending}
    manifests = [manifest for manifest in desired.manifests if manifest.file_name in pending]
    return refused_on_node(manifests, desired.node, observation, world.mirrors)


def unavailable_evidence(
    node: str, healths: Iterable[Health], world: World, wait_for: WaitFor
) -> Iterator[Problem]:
    """Evidence that could not be obtained: never in sync. Without a configured API there is a note instead."""
    if wait_for is WaitFor.FILE:
        return
    seen = set()
    for health in healths:
        for entry in health.unknown:
            of_api = entry.source is Source.MIRROR
            if entry.source not in seen and not (of_api and world.without_api):
                seen.add(entry.source)
                remedy = world.mirrors.remedy if of_api else ""
                yield Problem(f"the {entry.source} could not be asked: {entry.detail}", remedy, node=node)


def unlabelled(observation: Observation) -> Iterator[str]:
    """What of SELinux labels could not be seen, in a sentence."""
    if any(not one.label or not one.wanted for one in observation.labels):
        yield "SELinux is on, and not all labels of manifests could be seen: `stat` or `matchpathcon` does not tell them"


def unseen_notes(unseen: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[str]:
    """What could not be seen, and of which nodes; of each thing the first reason."""
    found: dict[str, dict[str, str]] = {}
    for node, texts in unseen:
        for text in texts:
            found.setdefault(text.partition(":")[0], {}).setdefault(node, text)
    for nodes in found.values():
        yield f"{abbreviated(tuple(nodes))}: {next(iter(nodes.values()))}"
