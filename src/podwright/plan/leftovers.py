"""Pods and mirror pods of ours that no file of the folder defines any more."""

from __future__ import annotations

from collections.abc import Iterable

from podwright.plan.observed import MirrorPod, Observation, ObservedPod
from podwright.pods.pod_ref import PodRef

#: seconds; of a pod whose own grace period is not known
GRACE_SECONDS = 30.0


def leftovers(observation: Observation, mirrors: Iterable[MirrorPod]) -> tuple[tuple[PodRef, float], ...]:
    """What files that are absent already left behind, still ending or ended by nothing, with its grace in seconds."""
    graces = {pod.ref: GRACE_SECONDS for pod in orphans(observation)}
    for mirror in orphaned_mirrors(observation, mirrors):
        graces.setdefault(mirror.ref, 0.0)
    return tuple(graces.items())


def orphans(observation: Observation) -> tuple[ObservedPod, ...]:
    """Pods that carry our stamp and run although no file of the folder defines them."""
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
