"""Gathers what each machine is, in one round trip a node; changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from podwright.inventory.node import Node
from podwright.operations.fleet import Processor, report_on_all
from podwright.operations.report import NodeResult, Report, Status
from podwright.operations.world import World
from podwright.plan.clock_skew import from_median
from podwright.plan.facts import Facts, Time
from podwright.remote.node.observe import Part, observe


class NodeFacts(Struct, frozen=True):
    """What a machine showed; None if it could not be reached."""

    facts: Facts | None = None


Gathered = NodeResult[NodeFacts]


def gather_facts(
    nodes: tuple[Node, ...],
    world: World,
    wall: Callable[[], float],
    *,
    forks: int,
    processors: Iterable[Processor[Node, Gathered]] = (),
) -> Report[NodeFacts]:
    """The facts of every node; `wall` is the controller's clock, Unix seconds, with which the nodes' are compared."""
    report = report_on_all(
        "NodeFacts",
        nodes,
        partial(_on_node, world=world, wall=wall),
        NodeFacts(),
        world=world,
        forks=forks,
        processors=processors,
    )
    return replace(report, nodes=tuple(_with_each_other(report.nodes)))


def _with_each_other(results: tuple[Gathered, ...]) -> Iterator[Gathered]:
    """The clocks of all compared, once all have answered."""
    found = {result.node: result.value.facts for result in results if result.value.facts}
    ahead = from_median(found)
    for result in results:
        facts = found.get(result.node)
        if facts is None or result.node not in ahead:
            yield result
        else:
            time = replace(facts.time, spread_seconds=ahead[result.node])
            yield replace(result, value=NodeFacts(replace(facts, time=time)))


def _on_node(node: Node, world: World, wall: Callable[[], float]) -> Gathered:
    started = world.clock()
    with world.connect(node) as host:
        begun = wall()
        observation = observe(
            node.name,
            host,
            kubelet_pid_file=node.settings.kubelet_pid_file or "",
            kubelet_unit=node.settings.kubelet_unit or "",
            parts=(Part.FACTS, Part.PORTS, Part.OPTIONS, Part.MACHINE),
        )
        facts = compared(observation.machine, observation.clock, begun, wall())
    return NodeResult(node.name, Status.OBSERVED, NodeFacts(facts), seconds=world.clock() - started)


def compared(facts: Facts | None, clock: float, begun: float, ended: float) -> Facts | None:
    """The facts with how far the node's clock is ahead: it was read at some time between `begun` and `ended`."""
    if facts is None or not clock:
        return facts
    # a clock without a fraction is read half a second early on average
    whole = 0.5 if clock == int(clock) else 0.0
    offset, uncertainty = clock + whole - (begun + ended) / 2, (ended - begun) / 2 + whole
    time = Time(facts.time.synchronized, facts.time.source, round(offset, 2), round(uncertainty, 2))
    return replace(facts, time=time)
