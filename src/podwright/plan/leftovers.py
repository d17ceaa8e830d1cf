"""What of ours is left: files that the inventory no longer names, pods and mirror pods that no file defines."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from podwright.plan.observed import MirrorPod, Observation, ObservedFile, ObservedPod
from podwright.pods.pod_ref import PodRef

#: seconds; of a pod whose own grace period is not known
GRACE_SECONDS = 30.0


def leftovers(observation: Observation, mirrors: Iterable[MirrorPod]) -> tuple[tuple[PodRef, float], ...]:
    """What files that are absent already left behind, still ending or ended by nothing, with its grace in seconds."""
    graces = {pod.ref: GRACE_SECONDS for pod in orphans(observation)}
    for mirror in orphaned_mirrors(observation, mirrors):
        graces.setdefault(mirror.ref, 0.0)
    return tuple(graces.items())


def orphaned_files(observation: Observation, named: Collection[str], owner: str) -> tuple[ObservedFile, ...]:
    """The owner's files that are not among those that the inventory has a name for.

    A copy of a named file is not one: it is a second file of that pod, which is reported as such.
    """
    pods = {file.named for file in observation.files if file.name in named and file.named}
    return tuple(
        file
        for file in observation.files
        if file.managed and file.name not in named and file.named not in pods
        if file.stamp.owner == owner
    )


def orphans(observation: Observation) -> tuple[ObservedPod, ...]:
    """Pods with our stamp that run although no file of the folder defines them."""
    defined = _defined(observation)
    return tuple(
        pod
        for pod in observation.pods or ()
        if pod.ready and pod.digest and pod.source == "file" and pod.ref not in defined
    )


def orphaned_mirrors(observation: Observation, mirrors: Iterable[MirrorPod]) -> tuple[MirrorPod, ...]:
    """Mirror pods whose file is gone: held by a finalizer, or their kubelet does not reach the API."""
    defined = _defined(observation)
    return tuple(mirror for mirror in mirrors if mirror.ref not in defined)


def _defined(observation: Observation) -> frozenset[PodRef]:
    return frozenset(file.pod.on(observation.node_name) for file in observation.files if file.pod)
