"""Pods that a kubelet refused at admission: it tries them again only if their content changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from podwright.manifests.manifest import Manifest
from podwright.plan.manifest_files import generation_of
from podwright.plan.observed import Observation, ObservedFile
from podwright.pods.pod_ref import PodRef

#: seconds after a file's last change in which a kubelet that wants its pod has made the sandbox: its slowest way to a
#: change is when it next reads the whole folder
STARTED_SECONDS = 40.0

#: of Events and statuses, kubelet v1.22 to v1.36 (`lifecycle/predicate.go`, `cm/`, `eviction/`, `nodeshutdown/`)
_REASONS = frozenset(
    {
        "AppArmor",
        "Evicted",
        "InvalidNodeInfo",
        "NodeAffinity",
        "NodeName",
        "NodePorts",
        "NodeShutdown",
        "PodLevelResourcesNotAdmitted",
        "PodOSNotSupported",
        "PodOSSelectorNodeLabelDoesNotMatch",
        "PodFeatureUnsupported",
        "SMTAlignmentError",
        "SysctlForbidden",
        "TaintToleration",
        "TopologyAffinityError",
        "UnexpectedAdmissionError",
        "UnexpectedPredicateFailureType",
        "UnknownReason",
        "VolumeAttachmentLimitExceeded",
    }
)


def refuses(reason: str) -> bool:
    """Whether an Event's reason is of a pod that was not admitted."""
    return reason in _REASONS or reason.startswith("OutOf")


class Refusal(Struct, frozen=True):
    """The Event of a refused pod: its uid is nowhere else, since no sandbox is made; `mounting`: for want of a volume."""

    uid: str
    text: str
    mounting: bool = False


class RefusalSeen(Struct, frozen=True):
    """The API shows that a kubelet refused what was written."""

    pod: PodRef
    refusal: Refusal


class NotStarted(Struct, frozen=True):
    """A file as it should be, of which no sandbox was made; `changed_at`: Unix seconds, by the node's clock."""

    file_name: str
    pod: PodRef
    changed_at: float
    long_ago: bool


def not_started(manifests: Iterable[Manifest], observation: Observation) -> Iterator[NotStarted]:
    """Of a pod that has ended for good no sandbox need be there; one that runs, even the old one, is waited for."""
    if observation.pods is None or not observation.kubelet.running:
        return
    for manifest in manifests:
        file = observation.file(manifest.file_name)
        pod = manifest.pod.on(observation.node_name)
        if not file or not _is_in_place(manifest, file) or manifest.restart_policy != "Always":
            continue
        stamp = (manifest.digest, generation_of(file))
        seen = [entry for entry in observation.pods if entry.ref == pod]
        if not any(entry.ready or (entry.digest, entry.generation) == stamp for entry in seen):
            age = observation.clock - file.mtime
            yield NotStarted(manifest.file_name, pod, float(file.mtime), age >= STARTED_SECONDS)


def _is_in_place(manifest: Manifest, file: ObservedFile) -> bool:
    there = file.manifest
    return (
        file.managed and isinstance(there, Manifest) and there.stamp.digest == there.digest == manifest.digest
    )
