"""How long a pod may take: its own grace period and probes plus the kubelet's constants, never one number for all."""

from __future__ import annotations

from podwright.manifests.manifest import Manifest

#: seconds; kubelet `fileCheckFrequency`: a folder whose watch is dead is read again after this long
RELIST_SECONDS = 20.0
#: seconds; kubelet pod workers re-queue a pod that waits for the old one of its name after 10 s and up to half more
REQUEUE_SECONDS = 15.0
#: seconds; the kubelet never gives less grace than this, and updates the API within the 10 s status tick after an event
MINIMUM_GRACE_SECONDS = 2.0
STATUS_TICK_SECONDS = 10.0
#: seconds; the kubelet resyncs a pod every 60 s and up to half more, and then creates a mirror again that was deleted
RESYNC_SECONDS = 90.0
#: seconds; how long an image pull and a container's start may take by default
START_SECONDS = 120.0
#: seconds; housekeeping deletes the mirror within 2 s of the containers' end; the rest is for a loaded node
REMOVAL_MARGIN_SECONDS = 30.0


def start_deadline(manifest: Manifest, old_grace_seconds: float | None) -> float:
    """Seconds from the write until the new pod must be Ready; `old_grace_seconds` is of the pod it replaces."""
    handover = 0.0
    if old_grace_seconds is not None:
        handover = max(old_grace_seconds, MINIMUM_GRACE_SECONDS) + REQUEUE_SECONDS
    return RELIST_SECONDS + handover + START_SECONDS + manifest.readiness_seconds + STATUS_TICK_SECONDS


def removal_deadline(grace_seconds: float) -> float:
    """Seconds from the removal until sandbox and mirror pod must be gone."""
    return max(grace_seconds, MINIMUM_GRACE_SECONDS) + REMOVAL_MARGIN_SECONDS


def second_write_deadline(old_grace_seconds: float) -> float:
    """Seconds from the first write in which the old pod's worker can be expected to finish."""
    return max(old_grace_seconds, MINIMUM_GRACE_SECONDS) + STATUS_TICK_SECONDS
