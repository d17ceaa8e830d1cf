"""Shows what each node's history holds, and to which of it the node could be rolled back; reads only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from msgspec import Struct

from podwright.inventory.node import Node
from podwright.manifests.manifest import Manifest
from podwright.manifests.workload import whatever_slot
from podwright.operations.desired_from_node import read_revision
from podwright.operations.fleet import report_on_all
from podwright.operations.observation import observed
from podwright.operations.report import NodeResult, Report, Status
from podwright.operations.unknown_names import names_on, refuse_mistyped
from podwright.operations.world import World
from podwright.plan.expectations import WaitFor
from podwright.plan.history import Revision
from podwright.plan.images import missing_images
from podwright.plan.observed import FileKind, Observation
from podwright.plan.preflight import preflight
from podwright.plan.words import problem
from podwright.problem import Problem
from podwright.remote.node.observe import EVERY_DAY, Part


class ShownRevision(Struct, frozen=True):
    """A revision, whether it is what lies there now, and what stands in the way of rolling back to it."""

    revision: Revision
    current: bool
    obstacle: str = ""


class NodeHistory(Struct, frozen=True):
    """Newest first within each workload, in whichever slot; `names`: of files that are known there (see names_on)."""

    revisions: tuple[ShownRevision, ...] = ()
    names: tuple[str, ...] | None = None


def show_history(
    nodes: tuple[Node, ...], names: tuple[str, ...], world: World, *, site: tuple[Node, ...], forks: int
) -> Report[NodeHistory]:
    """Of these files, or of all, on every node; problems say why nothing is known of one.

    `site` are all nodes of the inventory. Raises UsageError for a name that neither it nor any of the `nodes` knows.
    """
    report = report_on_all(
        "ManifestHistory",
        nodes,
        partial(_show, names=names, world=world),
        NodeHistory(),
        world=world,
        forks=forks,
    )
    refuse_mistyped(names, site, (one.value.names for one in report.nodes))
    return report


def _show(node: Node, names: tuple[str, ...], world: World) -> NodeResult[NodeHistory]:
    with world.connect(node) as host:
        parts = EVERY_DAY | {Part.HISTORY, Part.IMAGES}
        observation = observed(node, host, mirrors=world.mirrors, parts=parts, history_names=names)
    version = node.settings.kubernetes_version
    shown_node = world.mirrors.node(observation.node_name)
    if shown_node and shown_node.kubelet_version:
        version = shown_node.kubelet_version
    problems: tuple[Problem, ...] = ()
    if not observation.folder_seen:
        checks = preflight(observation, configured_folder=node.settings.manifest_dir, wait_for=WaitFor.FILE)
        problems = tuple(problem(check, node.name) for check in checks)
    if observation.history_problem:
        problems = (
            Problem(f"its history cannot be believed: {observation.history_problem}", node=node.name),
        )
    revisions = tuple(_shown(observation.history or (), observation, version))
    value = NodeHistory(revisions, names_on(observation))
    return NodeResult(node.name, Status.OBSERVED, value, problems=problems)


def _shown(
    history: Iterable[Revision], observation: Observation, version: str | None
) -> Iterator[ShownRevision]:
    current: set[str] = set()
    for revision in sorted(history, key=lambda one: (whatever_slot(one.name), -one.number)):
        file = observation.file(revision.name)
        there = file.manifest.digest if file and file.kind is FileKind.REGULAR and file.manifest else ""
        # a rollback writes an older content again: the newest of its kind is what lies there
        is_current = bool(there) and there == revision.digest and revision.name not in current
        if is_current:
            current.add(revision.name)
        yield ShownRevision(revision, is_current, _obstacle(revision, observation, version))


def _obstacle(revision: Revision, observation: Observation, version: str | None) -> str:
    found = read_revision(revision, version)
    if not isinstance(found, Manifest):
        return f"the kubelet would refuse it: {found.reason}"
    if observation.images is None:
        return "which images the node has is not known"
    missing = missing_images(found, observation.images)
    return f"not on the node: {', '.join(missing)}" if missing else ""
