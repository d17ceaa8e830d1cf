"""Shows what each node's manifest folder holds and what runs of it; reads only."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from podwright.inventory.node import Node
from podwright.manifests.manifest import Manifest
from podwright.manifests.workload import Workload, in_both_slots, is_of
from podwright.operations.fleet import Processor, report_on_all
from podwright.operations.observation import observed
from podwright.operations.report import NodeResult, Report, Status
from podwright.operations.world import World
from podwright.plan.containers import crash_loop
from podwright.plan.expectations import WaitFor
from podwright.plan.holds import told_holds
from podwright.plan.leftovers import orphaned_files
from podwright.plan.observed import (
    FolderState,
    MirrorPod,
    Observation,
    ObservedFile,
    ObservedPod,
    Unavailable,
)
from podwright.plan.preflight import pipes, preflight
from podwright.plan.unconfirmed import told
from podwright.plan.words import message, problem


class PodStatus(Struct, frozen=True):
    """One file of a manifest folder with the pod that runs of it and the mirror the API shows; words for a person.

    `restarts` are of all its containers, `restarted` and `age` in seconds, since the last restart and since its start;
    None: not known, or nothing runs. `link` is where a link leads. `reason`: why a container does not run, by the API.
    `since` is for how long the file has been as it is, `images` are those that it names.
    `runs`: whether what the file defines runs; `shown`: whether the API shows it, ready. None: it could not be seen.
    """

    node: str
    file: str
    pod: str
    owner: str
    generation: int | None
    sandbox: str
    mirror: str
    uid: str = ""
    orphaned: bool = False
    restarts: int | None = None
    restarted: float | None = None
    age: float | None = None
    reason: str = ""
    link: str = ""
    since: float | None = None
    images: tuple[str, ...] = ()
    runs: bool | None = False
    shown: bool | None = False

    def well(self, *, without_api: bool) -> bool | None:
        """Whether it runs and is shown as its file wants, and the inventory names it; None: not known."""
        if self.runs is None or (self.runs and self.shown is None and not without_api):
            return None
        return self.runs and self.shown is not False and not self.orphaned


class NodeStatus(Struct, frozen=True):
    """What one node's folder holds; `kubelet` is `running` or what is wrong with it."""

    folder: str = ""
    kubelet: str = ""
    pods: tuple[PodStatus, ...] = ()


Shown = NodeResult[NodeStatus]


def show_status(
    nodes: tuple[Node, ...],
    world: World,
    *,
    forks: int,
    only: tuple[str, ...] = (),
    processors: Iterable[Processor[Node, Shown]] = (),
) -> Report[NodeStatus]:
    """One observation of every node, in the order given; problems are why nothing is known of one.

    `only` names static pods.
    """
    return report_on_all(
        "ManifestStatus",
        nodes,
        partial(_show, world=world, only=only),
        NodeStatus(),
        world=world,
        forks=forks,
        processors=processors,
    )


def _show(node: Node, world: World, only: tuple[str, ...]) -> Shown:
    with world.connect(node) as host:
        observation = observed(node, host, mirrors=world.mirrors)
    files = [file for file in observation.files if file.manifest and (not only or is_of(file.name, only))]
    found = preflight(observation, configured_folder=node.settings.manifest_dir, wait_for=WaitFor.FILE)
    running = observation.kubelet.running
    named = in_both_slots(Workload(entry.template, entry.instance).file_name for entry in node.static_pods)
    orphaned = orphaned_files(observation, named, node.settings.owner)
    known = observation.folder_state in (FolderState.USABLE, FolderState.READ_ONLY, FolderState.UNTRUSTED)
    stale = [message(pipe) for pipe in pipes(observation)]
    if not running:
        stale.append(f"{observation.kubelet.problem}; what is shown may be stale")
    value = NodeStatus(
        observation.folder,
        "running" if running else observation.kubelet.problem,
        tuple(replace(_pod_status(file, observation, world), orphaned=file in orphaned) for file in files),
    )
    return NodeResult(
        observation.node,
        Status.OBSERVED,
        value,
        problems=() if known else tuple(problem(check, observation.node) for check in found),
        warnings=(*stale, *told(observation), *told_holds(observation.holds, observation.node, world.wall()))
        if known
        else (),
    )


def _pod_status(file: ObservedFile, observation: Observation, world: World) -> PodStatus:
    there = file.manifest
    since = _since(file.mtime, observation)
    bare = PodStatus(
        observation.node, file.name, "", _owner(file), None, "", "", link=file.target, since=since
    )
    if not isinstance(there, Manifest):
        why = f"a link to {file.link}" if file.target_missing else there.reason if there else ""
        return replace(bare, sandbox="the kubelet does not accept it", pod=f"({why})")
    full_name = there.pod.on(observation.node_name)
    ready = observation.ready_pods(full_name)
    mirror = world.mirrors.see(full_name)
    sandbox, runs = _sandbox(observation, ready, file)
    mirrored, shows = _mirror(mirror, ready, known=observation.pods is not None)
    shown = replace(
        bare,
        pod=str(full_name),
        generation=there.stamp.generation,
        images=tuple(image.name for image in there.needs.images),
        sandbox=sandbox,
        mirror=mirrored,
        runs=runs,
        shown=shows,
    )
    if len(ready) != 1:
        return shown
    [pod] = ready
    again = [entry.created_at for entry in pod.containers if entry.attempt]
    return replace(
        shown,
        uid=pod.uid,
        restarts=sum(entry.attempt for entry in pod.containers),
        restarted=_since(max(again, default=0.0), observation),
        age=_since(pod.created_at, observation),
        reason=_reason(mirror, pod.uid),
    )


def _since(instant: float, observation: Observation) -> float | None:
    return max(0.0, observation.clock - instant) if instant and observation.clock else None


def _reason(mirror: MirrorPod | Unavailable | None, uid: str) -> str:
    if not isinstance(mirror, MirrorPod) or mirror.config_mirror != uid:
        return ""
    return next((entry.reason for entry in mirror.containers if entry.reason and not entry.ready), "")


def _owner(file: ObservedFile) -> str:
    return "podwright" if file.managed or file.adopted else "other"


def _sandbox(
    observation: Observation, ready: tuple[ObservedPod, ...], file: ObservedFile
) -> tuple[str, bool | None]:
    """What runs, in words, and whether it is what the file defines."""
    if observation.pods is None:
        return f"unknown: {observation.pods_problem}", None
    if not ready:
        return "not running", None if _may_have_ended(file) else False
    if len(ready) > 1:
        return f"{len(ready)} at once", False
    running = sum(container.running for container in ready[0].containers)
    names = file.manifest.containers if isinstance(file.manifest, Manifest) else ()
    wanted = len(names)
    if file.managed and ready[0].digest != file.stamp.digest:
        return "of another manifest", False
    if crash_loop(names, ready[0], None, observation.clock, completes=_may_have_ended(file)):
        return "crash-looping", False
    return f"running {min(running, wanted)}/{wanted}", running >= wanted


def _may_have_ended(file: ObservedFile) -> bool:
    return isinstance(file.manifest, Manifest) and file.manifest.restart_policy != "Always"


def _mirror(
    mirror: MirrorPod | Unavailable | None, ready: tuple[ObservedPod, ...], *, known: bool
) -> tuple[str, bool | None]:
    """What the API shows, in words, and whether that is well.

    A mirror goes on saying Ready for a pod that has ended, so its word counts only for the uid that runs.
    """
    match mirror:
        case Unavailable(reason):
            return f"unknown: {reason}", None
        case None:
            return "missing", False
        case MirrorPod(config_mirror=None):
            return "a regular pod has its name", False
        case MirrorPod() if ready and mirror.config_mirror != ready[0].uid:
            return "of the pod before", False
        case MirrorPod() if known and not ready and mirror.ready:
            return "Ready, of a pod that has ended", False
    return "Ready" if mirror.ready else mirror.phase or "Pending", mirror.ready
