"""Whether a pod's hostPath volumes are what their `type` says (`pkg/volume/hostpath/host_path.go`)."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

from podwright.lab.api.api_error import Object

_TYPES: dict[str, tuple[Callable[[int], bool], str]] = {
    "Directory": (stat.S_ISDIR, "directory"),
    "File": (stat.S_ISREG, "file"),
    "Socket": (stat.S_ISSOCK, "socket file"),
    "CharDevice": (stat.S_ISCHR, "character device"),
    "BlockDevice": (stat.S_ISBLK, "block device"),
}


def missing_host_path(pod: Object) -> str:
    """The kubelet's message for the first volume that is not there, or empty; nothing is created on this host."""
    for volume in pod["spec"].get("volumes") or ():
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
