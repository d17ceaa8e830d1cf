"""Whether a pod's volumes can be mounted; a hostPath must be of its `type` (`pkg/volume/hostpath`)."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

from podwright_lab.api.api_error import Object

_TYPES: dict[str, tuple[Callable[[int], bool], str]] = {
    "Directory": (stat.S_ISDIR, "directory"),
    "File": (stat.S_ISREG, "file"),
    "Socket": (stat.S_ISSOCK, "socket file"),
    "CharDevice": (stat.S_ISCHR, "character device"),
    "BlockDevice": (stat.S_ISBLK, "block device"),
}


#: what needs a server or a device that no lab has
_REMOTE = (
    "nfs",
    "iscsi",
    "rbd",
    "cephfs",
    "fc",
    "glusterfs",
    "cinder",
    "quobyte",
    "flocker",
    "storageos",
    "scaleIO",
)


def mount_problem(pod: Object) -> str:
    """The kubelet's message for the first volume that cannot be mounted, or empty; nothing is created on this host."""
    for volume in pod["spec"].get("volumes") or ():
        remote = next((kind for kind in _REMOTE if kind in volume), None)
        if remote is not None:
            why = f"a lab has nothing to mount a volume of type {remote} from"
            return f'MountVolume.SetUp failed for volume "{volume["name"]}" : {why}'
        source = volume.get("hostPath") or {}
        wanted = _TYPES.get(source.get("type") or "")
        if wanted is not None and not _is(Path(str(source.get("path", ""))), wanted[0]):
            why = f"hostPath type check failed: {source['path']} is not a {wanted[1]}"
            return f'MountVolume.SetUp failed for volume "{volume["name"]}" : {why}'
    return ""


def _is(path: Path, check: Callable[[int], bool]) -> bool:
    try:
        return check(path.stat().st_mode)
    except OSError:
        return False
