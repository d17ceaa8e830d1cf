"""Shows what nodes take back by themselves unless a run is confirmed; confirms a run there, or takes it back at once."""

from __future__ import annotations

import time
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from podwright.errors import PodwrightError
from podwright.inventory.node import Node
from podwright.operations.fleet import report_on_all
from podwright.operations.observation import observe_state
from podwright.operations.report import NodeResult, Report, Status
from podwright.operations.world import World
from podwright.plan.observed import Observation
from podwright.plan.pending import Pending, SwitchState
from podwright.problem import Problem
from podwright.remote.host import Host
from podwright.remote.node.observe import Part
from podwright.remote.node.switch import confirm, take_back


class NodePending(Struct, frozen=True):
    """What waits on a node, and what became of what waited, of one run or of all; or what was done to it just now."""

    pending: tuple[Pending, ...] = ()


Result = NodeResult[NodePending]


def show_pending(nodes: tuple[Node, ...], world: World, *, forks: int) -> Report[NodePending]:
    """Reads only."""
    work = partial(_shown, world=world)
    return report_on_all("NodePending", nodes, work, NodePending(), world=world, forks=forks)


def confirm_run(nodes: tuple[Node, ...], world: World, run: str, *, forks: int) -> Report[NodePending]:
    """Every node keeps what the run wrote, or fails if it is too late. Raises PodwrightError if none waits for it."""
    work = partial(_confirmed, world=world, run=run)
    report = report_on_all("ManifestConfirm", nodes, work, NodePending(), world=world, forks=forks)
    return _some_waited(report, run)


def revert_run(nodes: tuple[Node, ...], world: World, run: str, *, forks: int) -> Report[NodePending]:
    """Every node takes back at once what the run wrote. Raises PodwrightError if none waits for it."""
    work = partial(_reverted, world=world, run=run)
    report = report_on_all("ManifestRevert", nodes, work, NodePending(), world=world, forks=forks)
    return _some_waited(report, run)


def _some_waited(report: Report[NodePending], run: str) -> Report[NodePending]:
    if any(result.value.pending or result.problems for result in report.nodes):
        return report
    raise PodwrightError(
        f"no chosen node waits for the run `{run}` to be confirmed",
        hint="see what waits, and what became of it: `podwright node pending`",
    )


def _shown(node: Node, world: World) -> Result:
    with world.connect(node) as host:
        found = _observed(node, host).pending
    # what was confirmed is over
    shown = tuple(one for one in found if one.state is not SwitchState.CONFIRMED)
    return NodeResult(node.name, Status.OBSERVED, NodePending(shown))


def _observed(node: Node, host: Host) -> Observation:
    return observe_state(node, host, Part.PENDING)


def _of(run: str, observation: Observation) -> tuple[Pending, ...]:
    return tuple(one for one in observation.pending if one.run == run)


def _confirmed(node: Node, world: World, run: str) -> Result:
    with world.connect(node) as host:
        observation = _observed(node, host)
        found = _of(run, observation)
        waited = any(one.waits for one in found)
        kept = waited and confirm(host, observation, run)
        if waited and not kept:
            # somebody ended it meanwhile
            found = _of(run, _observed(node, host))
    if kept:
        found = tuple(
            replace(one, state=SwitchState.CONFIRMED, left=0.0) if one.waits else one for one in found
        )
    problems = tuple(
        _not_kept(node, one) for one in found if not one.waits and one.state is not SwitchState.CONFIRMED
    )
    if waited and all(one.waits for one in found):
        over = f"the run `{run}` was already confirmed or taken back when it was to be confirmed"
        problems += (Problem(over, "see what became of it: `podwright node pending`", node=node.name),)
    status = Status.FAILED if problems else Status.CHANGED if kept else Status.OBSERVED
    return NodeResult(node.name, status, NodePending(found), problems)


def _not_kept(node: Node, one: Pending) -> Problem:
    """It is too late to confirm a file that went back, or that was changed since."""
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(one.at))
    if one.state is SwitchState.FIRED:
        back = f"`{one.file_name}` cannot be confirmed: it was taken back at {at}"
        return Problem(back, "push it again: `podwright manifest push --retry`", node=node.name)
    changed = (
        f"`{one.file_name}` cannot be confirmed: at {at} it was no longer as the run `{one.run}` wrote it"
    )
    return Problem(changed, "see what became of it: `podwright node pending`", node=node.name)


def _reverted(node: Node, world: World, run: str) -> Result:
    with world.connect(node) as host:
        observation = _observed(node, host)
        found = _of(run, observation)
        waited = any(one.waits for one in found)
        ends = waited and take_back(
            host,
            observation,
            run,
            state_dir=node.settings.state_dir or "",
            owner=str(world.run),
            why=f"reverted by {world.run.who}",
        )
        if waited and not ends:
            # nothing was written, or somebody confirmed it meanwhile
            found = _of(run, _observed(node, host)) or found
    if kept := tuple(_kept(node, one) for one in found if one.state is SwitchState.CONFIRMED):
        return NodeResult(node.name, Status.FAILED, NodePending(found), kept)
    found = tuple(_ended(one, dict(ends or ())) if one.waits else one for one in found)
    return NodeResult(node.name, Status.CHANGED if waited else Status.OBSERVED, NodePending(found))


def _kept(node: Node, one: Pending) -> Problem:
    name = one.file_name.removesuffix(".yaml")
    return Problem(
        f"`{one.file_name}` does not go back by itself any more: the run `{one.run}` was confirmed",
        f"bring back what lay there before: `podwright manifest rollback {name}`",
        node=node.name,
    )


def _ended(one: Pending, ends: dict[str, SwitchState]) -> Pending:
    """A file of which nothing is reported was never written."""
    return replace(one, state=ends.get(one.file_name, SwitchState.UNWRITTEN), left=0.0)
