"""A kubelet in another mount namespace of the node, as that of a container or a sandbox on it: kind, k3d, a test node."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

from podwright_lab.kubelet.kubelet_process import KubeletFiles, KubeletProcess, Leash
from podwright_lab.lab_error import LabError

_NAME = "elsewhere"
_SECONDS = 2.0


class OtherKubelet:
    """Its files lie below the node's folder, its process is shown among the node's, and it runs no pods."""

    def __init__(self, node: KubeletFiles, leash: Leash, marks: Mapping[str, str]) -> None:
        self._files = KubeletFiles(node.root / "run" / _NAME)
        launcher = ("unshare", "--mount") if os.geteuid() == 0 else ("unshare", "--map-root-user", "--mount")
        self._process = KubeletProcess(_NAME, self._files, leash, marks, launcher=launcher, proc=node.proc)

    def start(self) -> None:
        """Raises LabError if this machine gives its users no mount namespace."""
        self._files.create()
        try:
            self._process.start()
        except OSError as error:
            raise LabError(f"cannot start `unshare`: {error.strerror}", "install util-linux") from error
        if not self._lives_elsewhere():
            self._process.end()
            raise LabError(
                "this machine lets its users make no mount namespace",
                "run the lab as root, or on another machine",
            )

    def _lives_elsewhere(self) -> bool:
        """Whether it has come to another mount namespace than ours; `unshare` takes a moment."""
        deadline = time.monotonic() + _SECONDS
        while self._process.alive and time.monotonic() < deadline:
            if _namespace(self._process.pid) not in (None, _namespace(os.getpid())):
                return True
            time.sleep(0.002)
        return False

    def end(self) -> None:
        self._process.end()


def _namespace(pid: int | None) -> str | None:
    try:
        return str(Path(f"/proc/{pid}/ns/mnt").readlink())
    except OSError:
        return None
