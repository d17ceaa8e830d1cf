"""Checks what stands between nodes and running static pods; reads only, and needs no API."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from functools import partial

from msgspec import Struct

from podwright.exit_codes import ExitCode
from podwright.operations.desired import Desired
from podwright.operations.fleet import Processor, run_on_all
from podwright.operations.node_facts import compared
from podwright.operations.observation import observed
from podwright.operations.reachability import dial_all
from podwright.operations.report import NodeResult, Report, Status, failure
from podwright.operations.world import World
from podwright.plan.control_plane import peers_of
from podwright.plan.node_checks.check import NodeFinding, Profile, Subject
from podwright.plan.node_checks.kubelet_health import health_address
from podwright.plan.node_checks.table import judge_nodes
from podwright.remote.node.kubelet_health import ask_health
from podwright.remote.node.observe import Part

_PARTS = (Part.FACTS, Part.FILES, Part.PODS, Part.MACHINE, Part.TRIAL)


class NodeChecked(Struct, frozen=True):
    """What every check of a node came to; nothing if it could not be reached."""

    findings: tuple[NodeFinding, ...] = ()


class Seen(Struct, frozen=True):
    """What a node showed; None if it could not be reached."""

    subject: Subject | None = None


def check_nodes(
    desired: tuple[Desired, ...],
    world: World,
    wall: Callable[[], float],
    *,
    profiles: Collection[Profile],
    today: str,
    forks: int,
    processors: Iterable[Processor[Desired, NodeResult[Seen]]] = (),
) -> Report[NodeChecked]:
    """One observation of every node; then all checks of these profiles, those between nodes too.

    `wall` is the controller's clock, Unix seconds, with which the nodes' are compared; `today` is for waivers.
    """
    seen = run_on_all(
        desired,
        partial(_on_node, world=world, wall=wall, control_plane=Profile.CONTROL_PLANE in profiles),
        lambda one, error: failure(one.node.name, error, Seen()),
        forks=forks,
        interruption=world.interruption,
        processors=processors,
    )
    subjects = [result.value.subject for result in seen if result.value.subject]
    findings: dict[str, list[NodeFinding]] = defaultdict(list)
    for finding in judge_nodes(subjects, profiles, today):
        findings[finding.node].append(finding)
    results = (_result(result, tuple(findings[result.node])) for result in seen)
    return Report("NodeChecks", tuple(results))


def _on_node(
    desired: Desired, world: World, wall: Callable[[], float], *, control_plane: bool
) -> NodeResult[Seen]:
    """Ports are looked at if something takes one: to read the tables of a busy node is dear, as are the kernel's options."""
    started = world.clock()
    wants_ports = control_plane or any(manifest.host_ports for manifest in desired.manifests)
    parts = (*_PARTS, *([Part.PORTS] if wants_ports else []), *([Part.OPTIONS] if control_plane else []))
    with world.connect(desired.node) as host:
        begun = wall()
        observation = observed(desired.node, host, desired.manifests, with_needs=True, parts=parts)
        facts = compared(observation.machine, observation.clock, begun, wall())
        wanted = peers_of(observation, facts) if facts and control_plane else ()
        dialled = tuple(dial_all(host, wanted, world.clock))
        address = health_address(facts) if facts else None
        health = ask_health(desired.node.name, host, address) if address else None
    subject = Subject(desired.node, facts, observation, desired.manifests, dialled, health) if facts else None
    seconds = world.clock() - started
    return NodeResult(desired.node.name, Status.OBSERVED, Seen(subject), seconds=seconds)


def _result(result: NodeResult[Seen], findings: tuple[NodeFinding, ...]) -> NodeResult[NodeChecked]:
    return NodeResult(
        result.node,
        result.status,
        NodeChecked(findings),
        result.problems,
        result.warnings,
        result.seconds,
        result.trace,
    )


def findings_of(report: Report[NodeChecked]) -> tuple[NodeFinding, ...]:
    return tuple(finding for result in report.nodes for finding in result.value.findings)


def check_code(report: Report[NodeChecked]) -> ExitCode:
    """What fails outweighs what could not be looked at: it is known, and needs action. Warnings do not count."""
    findings = findings_of(report)
    if any(finding.counts for finding in findings):
        return ExitCode.DRIFT
    hidden = report.problems or any(finding.hides_something for finding in findings)
    return ExitCode.UNCHECKED if hidden else ExitCode.DONE
