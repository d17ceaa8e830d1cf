"""Which versions of Kubernetes are judged for, and all that differs between their kubelets: the one table of both.

When a version comes out: cut its fields (`scripts/cut-pod-schemas`), raise NEWEST_MINOR, and for each change of a
kubelet's verdict add or end a row here; the check that asks for the row shows what it does.
The API that gets the mirror pod is taken to be of the newest recorded version whatever the kubelet's is: what only newer
kubelets refuse, it refuses too.
"""

from __future__ import annotations

import re
from enum import Enum

OLDEST_MINOR, NEWEST_MINOR = 31, 37
#: the default version: the newest whose verdicts are recorded
DEFAULT_MINOR = 36
DEFAULT_VERSION = f"1.{DEFAULT_MINOR}"
_VERSION = re.compile(r"v?1\.([0-9]{1,3})(?:[.+-].*)?")


def minor_of(version: str | None) -> int | None:
    """The minor number of a Kubernetes version (`1.36`, `v1.36.2+k3s1`), None for text that is not such a version."""
    match = _VERSION.fullmatch(version.strip()) if version else None
    return int(match[1]) if match else None


class Behaviour(Enum):
    """What kubelets do from one minor version on, and up to another if that is not the newest."""

    TRUST_BUNDLES_REFUSED = 31, "refuses projected `clusterTrustBundle` sources"
    RESOURCE_CLAIMS_REFUSED = 32, "refuses `resourceClaims` (before, the API refused the mirror pod)"
    IMAGE_VOLUMES = (
        32,
        "knows `image` volumes (gate ImageVolume); before, such a volume is one without a source",
    )
    IMAGE_VOLUME_SUB_PATHS = 33, "mounts a `subPath` of an `image` volume"
    SAFE_TCP_BUFFERS = 32, "counts the sysctls `net.ipv4.tcp_rmem` and `tcp_wmem` among the safe ones"
    NODE_AFFINITY_VALUES = 33, "wants label values in required node affinity (kubernetes#128212)"
    SELINUX_MOUNT_REFUSED_BY_API = (
        32,
        34,
        "the API refuses `seLinuxChangePolicy: MountOption`, the kubelet does not",
    )
    SELINUX_MOUNT_REFUSED = (
        35,
        36,
        "refuses `seLinuxChangePolicy: MountOption` (gate SELinuxMount, on since 1.37)",
    )
    API_REFERENCES_REFUSED = 34, "refuses references to the API (gate PreventStaticPodAPIReferences)"
    INIT_RESIZE_POLICY = 35, "takes a resize policy for an init container"
    POD_RESOURCES_VALIDATED = 35, "validates the resources of the pod as a whole (KEP-2837)"
    ANY_ENV_NAME = 35, "takes nearly any name of an environment variable (kubernetes#135031)"
    SLEEP_ZERO = 35, "takes a lifecycle hook that sleeps for 0 seconds"
    RESTART_RULES = 35, "takes a restart policy and rules for any container (KEP-5307)"
    RESTART_ALL_CONTAINERS = (
        36,
        "knows the restart rule's action `RestartAllContainers`, and rules of a sidecar",
    )
    INIT_RESTART_ON_RESIZE_REFUSED = (
        36,
        "refuses an init container that restarts on a resize (kubernetes#137458)",
    )
    SCHEDULING_GROUP_VALIDATED = 36, "wants the name of a pod group in `schedulingGroup`"
    ANY_SEARCH_DOMAIN = 35, "takes `.` and underscores in search domains"
    SPREADING_KEYS_MERGED = 35, "wants what the API makes of a spreading constraint's `matchLabelKeys`"
    STRICT_ADDRESSES = (
        36,
        "refuses addresses with leading zeros and IPv4 inside IPv6 (gate StrictIPCIDRValidation)",
    )

    def __init__(self, since: int, *rest: int | str) -> None:
        self.since = since
        self.until = rest[0] if isinstance(rest[0], int) else None

    @property
    def version(self) -> str:
        """The first version that does so, for a message."""
        return f"Kubernetes 1.{self.since}"

    def of(self, minor: int) -> bool:
        """Whether a kubelet of this minor version does so."""
        return self.since <= minor and (self.until is None or minor <= self.until)
