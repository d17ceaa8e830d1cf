"""The seam to the cluster's API: mirror pods, nodes and events, read only."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from podwright.plan.admission import Refusal
    from podwright.plan.observed import MirrorPod
    from podwright.pods.pod_ref import PodRef
    from podwright.remote.kube.mirror_watch import MirrorWatch


class NodeStatus(Struct, frozen=True):
    """A node as the API shows it; `ready` is None if the condition is Unknown or missing."""

    name: str
    ready: bool | None = None
    kubelet_version: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    allocatable: tuple[tuple[str, str], ...] = ()
    cordoned: bool = False
    pressures: tuple[str, ...] = ()


class Cluster(Protocol):
    """Every method raises ClusterError and its kinds, nothing else, and ends in time."""

    def pod(self, ref: PodRef) -> MirrorPod | None:
        """The pod of that full name now, by GET; None on 404."""

    def node(self, name: str) -> NodeStatus | None:
        """The node now, by GET; None on 404."""

    def exists(self, resource: str, name: str) -> bool:
        """Whether there is one of these (`namespaces`, `priorityclasses`) of that name now, by GET."""

    def events(
        self, namespace: str, pod_name: str, uid: str, others: Collection[str] = (), limit: int = 5
    ) -> tuple[str, ...]:
        """The last warnings about one static pod, newest last, each one line of at most 400 characters.

        `pod_name` is the full name. `uid` is the static pod's uid (not the mirror's): the kubelet writes its
        events under that one. If it is not known (""), the pod is the last one that has had events since this
        Cluster was made and that is not among `others`.
        """

    def refusal(self, namespace: str, pod_name: str, since: float) -> Refusal | None:
        """The Event of a pod of that full name that its node did not admit, if there was one `since` (Unix seconds)."""

    def watch(self, label_selector: str) -> MirrorWatch:
        """A list and watch of all pods that match, not started yet."""

    def close(self) -> None:
        """Close every connection; requests under way in other threads fail."""
