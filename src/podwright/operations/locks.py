"""Shows which locks nodes hold, and breaks one whose run is known to be dead."""

from __future__ import annotations

from contextlib import closing
from functools import partial

from msgspec import Struct

from podwright.errors import PodwrightError
from podwright.inventory.node import Node
from podwright.operations.explain_stop import explain_stop
from podwright.operations.fleet import report_on_all
from podwright.operations.observation import observe_state
from podwright.operations.report import NodeResult, Report, Status
from podwright.operations.world import World
from podwright.plan.events import LockHeld, StepFailed
from podwright.plan.lock_times import WRITE_LOCK_SECONDS
from podwright.plan.observed import Observation, ObservedLock
from podwright.remote.host import Host
from podwright.remote.node.apply import WriteOrder, apply
from podwright.remote.node.observe import Part


class NodeLock(Struct, frozen=True):
    """The lock that a node has, if any; or the one that was broken."""

    lock: ObservedLock | None = None


def show_locks(nodes: tuple[Node, ...], world: World, *, forks: int) -> Report[NodeLock]:
    """Each node's lock; reads only."""
    work = partial(_on_node, world=world, lock_id="", reason="")
    return report_on_all("NodeLocks", nodes, work, NodeLock(), world=world, forks=forks)


def break_lock(
    nodes: tuple[Node, ...], world: World, lock_id: str, reason: str, *, forks: int
) -> Report[NodeLock]:
    """Release the lock of that id, and leave the reason for the run that held it. Raises PodwrightError if none has it."""
    work = partial(_on_node, world=world, lock_id=lock_id, reason=reason)
    report = report_on_all("NodeLocks", nodes, work, NodeLock(), world=world, forks=forks)
    if all(result.status is Status.OBSERVED for result in report.nodes):
        raise PodwrightError(
            f"no chosen node has a lock `{lock_id}`", hint="see which there are: `podwright node lock list`"
        )
    return report


def _on_node(node: Node, world: World, lock_id: str, reason: str) -> NodeResult[NodeLock]:
    with world.connect(node) as host:
        observation = observe_state(node, host, Part.KUBEADM, Part.LOCK)
        lock = observation.lock
        if not lock or not lock_id or lock.id != lock_id:
            return NodeResult(node.name, Status.OBSERVED, NodeLock(lock))
        return _broken(observation, host, world, lock, reason)


def _broken(
    observation: Observation, host: Host, world: World, lock: ObservedLock, reason: str
) -> NodeResult[NodeLock]:
    order = WriteOrder(
        observation,
        lock_owner=str(world.run),
        lock_seconds=WRITE_LOCK_SECONDS,
        tidies=True,
        lock_broken=lock.id,
        lock_reason=reason,
    )
    problems = []
    with closing(apply(observation.node, host, order, timeout=WRITE_LOCK_SECONDS)) as events:
        for event in events:
            if isinstance(event, LockHeld | StepFailed):
                problems.append(explain_stop(event, observation))
    status = Status.FAILED if problems else Status.CHANGED
    return NodeResult(observation.node, status, NodeLock(lock), problems=tuple(problems))
