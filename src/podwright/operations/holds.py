"""Shows who holds nodes; holds nodes, or one of their workloads, for a while; and ends that before its time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from podwright.inventory.node import Node
from podwright.operations.fleet import report_on_all
from podwright.operations.observation import observe_state
from podwright.operations.prepare import Prepared
from podwright.operations.report import NodeResult, Report, Status
from podwright.operations.world import World
from podwright.plan.expectations import WaitFor
from podwright.plan.holds import Hold, in_force, refused_by
from podwright.plan.observed import Observation
from podwright.plan.preflight import preflight
from podwright.plan.provision.item import Thing
from podwright.plan.reasons import Check, because
from podwright.plan.words import problem
from podwright.remote.host import Host
from podwright.remote.node.holds import end_holds, record_holds
from podwright.remote.node.observe import Part


class NodeHolds(Struct, frozen=True):
    """Those that are in force on a node; or those that were just made, or `released`."""

    holds: tuple[Hold, ...] = ()
    released: bool = False


Held = NodeResult[NodeHolds]
_Act = Callable[[Host, Observation, tuple[Hold, ...]], Held]


def show_holds(nodes: tuple[Node, ...], world: World, *, forks: int) -> Report[NodeHolds]:
    """Reads only."""

    def shown(_host: Host, observation: Observation, holds: tuple[Hold, ...]) -> Held:
        return NodeResult(observation.node, Status.OBSERVED, NodeHolds(holds))

    return _on_all(nodes, world, shown, forks)


def add_holds(
    nodes: tuple[Node, ...], world: World, holds: tuple[Hold, ...], *, forks: int
) -> Report[NodeHolds]:
    """One's own hold of the same thing is replaced, another's is not."""
    return _on_all(nodes, world, partial(_added, adding=holds), forks)


def release_holds(
    nodes: tuple[Node, ...], world: World, only: tuple[str, ...], *, forks: int
) -> Report[NodeHolds]:
    """End those of these workloads; without any, all that there are."""
    return _on_all(nodes, world, partial(_released, only=only), forks)


def heeding_holds(prepared: Prepared, host: Host, world: World) -> Prepared:
    """Of a plan for the node itself, which a hold of the whole node refuses, or of a pod that would move with its folder.

    Raises HostError and its kinds.
    """
    if not prepared.plan.pending:
        return prepared
    node = prepared.desired.node
    seen = holds_of(node, host)
    things = (change.subject for change in prepared.plan.pending)
    moves = any(isinstance(thing, Thing) and thing.item.move[0] for thing in things)
    names = tuple(file.name for file in seen.files) if moves else ()
    refused = refused_by(seen.holds, node.name, names, world.wall())
    problems = (problem(reason, node.name) for reason in refused)
    return replace(prepared, problems=(*prepared.problems, *problems))


def holds_of(node: Node, host: Host) -> Observation:
    """Where the node's state folder is, and what is held, whether or not it still counts."""
    return observe_state(node, host, Part.HOLDS)


def _on_all(nodes: tuple[Node, ...], world: World, act: _Act, forks: int) -> Report[NodeHolds]:
    def on_node(node: Node) -> Held:
        with world.connect(node) as host:
            observation = holds_of(node, host)
            return act(host, observation, in_force(observation.holds, world.wall()))

    return report_on_all("NodeHolds", nodes, on_node, NodeHolds(), world=world, forks=forks)


def _added(
    host: Host, observation: Observation, holds: tuple[Hold, ...], *, adding: tuple[Hold, ...]
) -> Held:
    node, kubelet = observation.node, observation.kubelet
    if not observation.folder and (kubelet.pid or kubelet.doubt):
        # beside a folder that is not known there would be no hold that counts
        checks = preflight(observation, configured_folder=None, wait_for=WaitFor.FILE, writes=False)
        return NodeResult(node, Status.REFUSED, NodeHolds(), tuple(problem(check, node) for check in checks))
    mine = {hold.workload: hold.who for hold in adding}
    others = tuple(hold for hold in holds if hold.who != mine.get(hold.workload, hold.who))
    if not others:
        ended = tuple(one for one in observation.holds if one not in holds)
        if ended:
            end_holds(host, observation, ended)
        # another may have come since
        others = record_holds(host, observation, adding)
    if others:
        problems = (
            problem(because(Check.HELD, node=node, subject=hold.subject, **hold.words), node)
            for hold in others
        )
        return NodeResult(node, Status.REFUSED, NodeHolds(others), tuple(problems))
    return NodeResult(node, Status.CHANGED, NodeHolds(adding))


def _released(
    host: Host, observation: Observation, holds: tuple[Hold, ...], *, only: tuple[str, ...]
) -> Held:
    ending = tuple(hold for hold in observation.holds if not only or hold.workload in only)
    if ending:
        end_holds(host, observation, ending)
    shown = tuple(hold for hold in ending if hold in holds)
    status = Status.CHANGED if shown else Status.UNCHANGED
    return NodeResult(observation.node, status, NodeHolds(shown, released=True))
