"""No pod that runs on one node at a time is created while it may still run on another node."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from podwright.inventory.node import Node
from podwright.manifests.manifest import Manifest
from podwright.manifests.workload import in_both_slots, whatever_slot
from podwright.operations.desired import Desired
from podwright.operations.prepare import Prepared
from podwright.operations.report import Outcome
from podwright.operations.single_pods import files_of_singles
from podwright.operations.world import Settings, World
from podwright.plan.changes import Action
from podwright.plan.expectations import WaitFor
from podwright.plan.observed import Unavailable
from podwright.pods.pod_ref import PodRef
from podwright.problem import Problem
from podwright.text import abbreviated

Planned = Prepared | Outcome


def knowing_singles(desired: tuple[Desired, ...], site: tuple[Node, ...]) -> tuple[Desired, ...]:
    """What comes from the nodes' own histories knows nothing of other nodes, as what the inventory wants does."""
    single = tuple(sorted(files_of_singles(site)))
    if not single or all(one.from_node is None for one in desired):
        return desired
    chosen = {one.node.name for one in desired}
    unseen = tuple(node.name for node in site if node.name not in chosen)
    return tuple(
        one if one.from_node is None else replace(one, single=single, unseen=unseen) for one in desired
    )


def known_elsewhere(plans: Iterable[Planned], world: World, settings: Settings) -> Iterator[Planned]:
    """No single pod is created on a node while one may run on another that the run does not take it from."""
    plans = tuple(plans)
    for plan in plans:
        found = tuple(_obstacles(plan, plans, world, settings)) if isinstance(plan, Prepared) else ()
        yield (
            replace(plan, problems=(*plan.problems, *found)) if found and isinstance(plan, Prepared) else plan
        )


def _obstacles(
    plan: Prepared, plans: tuple[Planned, ...], world: World, settings: Settings
) -> Iterator[Problem]:
    new = {change.name for change in plan.plan.changes if change.action is Action.CREATE}
    for manifest in plan.desired.manifests:
        name = manifest.file_name
        if name in new.intersection(plan.desired.single) and not _lies_there(name, plan):
            once = f"`{name}` is to run on one node at a time"
            for why, hint in (
                *_not_taken(name, plan, plans, settings),
                *_unseen(manifest, plan, plans, world),
            ):
                yield Problem(f"{once}, and {why}", hint, node=plan.plan.node)


def _not_taken(
    name: str, plan: Prepared, plans: tuple[Planned, ...], settings: Settings
) -> Iterator[tuple[str, str]]:
    """Where it lies and stays, or will not be proven gone."""
    givers = [one for one in plans if isinstance(one, Prepared) and _lies_there(name, one)]
    names = abbreviated([giver.plan.node for giver in givers])
    if stopped := [giver.plan.node for giver in givers if giver.stopped]:
        yield f"it lies on {abbreviated(stopped)}, where nothing can be changed", "repair that node first"
    elif stays := [giver.plan.node for giver in givers if not _goes(name, giver)]:
        yield f"it stays on {abbreviated(stays)}", "remove it there first, or choose that node alone with -l"
    elif givers and settings.wait_for_on(plan.desired.node) is WaitFor.FILE:
        yield f"`--wait-for file` does not prove it gone on {names}", "leave `--wait-for file` out"


def _goes(name: str, plan: Prepared) -> bool:
    gone = (change for change in plan.plan.pending if change.subject.after is None and not change.ends)
    return name in {whatever_slot(change.name) for change in gone}


def _lies_there(name: str, plan: Prepared) -> bool:
    return any(plan.observation.file(one) for one in in_both_slots([name]))


def _unseen(
    manifest: Manifest, plan: Prepared, plans: tuple[Planned, ...], world: World
) -> Iterator[tuple[str, str]]:
    """Nodes that are not observed: the API shows of them what runs there, or else nothing is known."""
    unseen = [*(one.node for one in plans if not isinstance(one, Prepared)), *plan.desired.unseen]
    if not unseen:
        return
    seen = {one.observation.node_name for one in plans if isinstance(one, Prepared)}
    if isinstance(world.mirrors.see(manifest.pod.on(plan.observation.node_name)), Unavailable):
        why = f"whether it runs on {abbreviated(unseen)} is not known"
        yield why, "choose those nodes too, or name a kubeconfig: the API shows where it runs"
    for mirror in world.mirrors.everywhere():
        names = [f"{manifest.pod.name}{slot.pod_suffix}" for slot in manifest.workload.slots]
        refs = [PodRef(manifest.pod.namespace, name).on(mirror.node_name) for name in names]
        if mirror.node_name not in seen and mirror.ref in refs:
            why = f"the API shows it on {mirror.node_name}, which was not observed"
            yield why, "choose that node too, so that it is removed there first"
