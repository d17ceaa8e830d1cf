"""One observation of a node, with what the inventory says about it; shared by everything that reads or writes."""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from podwright.inventory.node import Node
from podwright.manifests.manifest import Manifest
from podwright.manifests.node_files import manifest_from_node
from podwright.manifests.workload import in_both_slots
from podwright.plan.observed import FileKind, Observation, ObservedFile
from podwright.remote.host import Host
from podwright.remote.kube.mirrors import Mirrors
from podwright.remote.node.observe import EVERY_DAY, Part, observe
from podwright.validation.versions import minor_of


def observed(
    node: Node,
    host: Host,
    manifests: tuple[Manifest, ...] = (),
    *,
    mirrors: Mirrors | None = None,
    with_needs: bool = False,
    history_names: tuple[str, ...] = (),
    parts: Collection[Part] = EVERY_DAY,
) -> Observation:
    """One observation, with the node name that counts: the inventory's, the kubelet's, or the inventory name, in this order.

    Without a kubelet's, the pods that run show it: with a wrong name they would seem gone. Files are read as
    the node's own kubelet reads them: for the version that the API shows (`mirrors`; None: it is not asked), otherwise
    the inventory's. A file that is one of `manifests` as we wrote it is not judged again; `with_needs`:
    also whether the node has what the others need.
    """
    observation = observe(
        node.name,
        host,
        folder=node.settings.manifest_dir,
        kubelet_pid_file=node.settings.kubelet_pid_file or "",
        kubelet_unit=node.settings.kubelet_unit or "",
        manifests=manifests if with_needs else (),
        parts=parts,
        state_dir=node.settings.state_dir or "",
        history_names=in_both_slots(history_names),
        digests=tuple(manifest.digest for manifest in manifests),
    )
    observation = with_manifests(observation, manifests, node.settings.kubernetes_version)
    observation = observation.named(
        node.settings.node_name or observation.node_name or _name_on_pods(observation) or node.name
    )
    version = _own_version(observation, manifests, mirrors)
    if minor_of(version) in (None, minor_of(node.settings.kubernetes_version)):
        return observation
    return with_manifests(observation, manifests, version)


def observe_state(node: Node, host: Host, *parts: Part) -> Observation:
    """Which folder the node has, and these parts of what lies beside it; judges no file. Raises HostError and its kinds."""
    return observe(
        node.name,
        host,
        folder=node.settings.manifest_dir,
        kubelet_pid_file=node.settings.kubelet_pid_file or "",
        kubelet_unit=node.settings.kubelet_unit or "",
        parts=(Part.FACTS, Part.FILES, *parts),
    )


def with_manifests(observation: Observation, ours: tuple[Manifest, ...], version: str | None) -> Observation:
    """The observation with what a kubelet of this version (None: the default) makes of each file."""
    return replace(
        observation,
        files=tuple(
            replace(
                file,
                manifest=manifest_from_node(file.name, file.content, kubernetes_version=version, ours=ours),
            )
            if file.kind in (FileKind.REGULAR, FileKind.LINK)
            else file
            for file in observation.files
        ),
    )


def _own_version(observation: Observation, manifests: tuple[Manifest, ...], mirrors: Mirrors | None) -> str:
    """The kubelet's version as the API shows it; not asked for when no file's meaning depends on it."""
    ours = {manifest.digest for manifest in manifests}
    if mirrors is None or mirrors.unavailable or all(_is_ours(file, ours) for file in observation.files):
        return ""
    shown = mirrors.node(observation.node_name)
    return shown.kubelet_version if shown else ""


def _is_ours(file: ObservedFile, digests: set[str]) -> bool:
    """Whether the file is a manifest of this run, which was judged already, or not one that a kubelet reads."""
    return file.manifest is None or (file.managed and file.manifest.digest in digests)


def _name_on_pods(observation: Observation) -> str:
    """The suffix of the pods that run of the folder's files; empty where there are none, or where they disagree."""
    suffixes = {
        pod.ref.name.removeprefix(f"{file.pod.name}-")
        for file in observation.files
        for pod in observation.pods or ()
        if file.pod and file.managed and pod.ready and pod.digest == file.stamp.digest
        if pod.ref.namespace == file.pod.namespace and pod.ref.name.startswith(f"{file.pod.name}-")
    }
    return suffixes.pop() if len(suffixes) == 1 else ""
