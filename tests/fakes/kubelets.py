"""Real processes that look like a kubelet in /proc: nothing runs in them but a shell that waits for its input."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def kubelet(
    *arguments: str, cwd: Path | None = None, name: str = "kubelet"
) -> Iterator[subprocess.Popen[bytes]]:
    """A process whose /proc/PID/cmdline is `kubelet -s -- ARGUMENTS`."""
    process = subprocess.Popen(
        [name, "-s", "--", *arguments], executable="/bin/sh", stdin=subprocess.PIPE, cwd=cwd
    )
    try:
        yield process
    finally:
        process.kill()
        process.stdin.close()
        process.wait()


def show_processes(proc: Path, pids: Sequence[int], name: str = "kubelet") -> None:
    """Make `proc` a HOST_PROC that shows only these: other tests' kubelets run on this machine too."""
    shutil.rmtree(proc, ignore_errors=True)
    proc.mkdir()
    for pid in pids:
        folder = proc / str(pid)
        folder.mkdir()
        (folder / "comm").write_text(f"{name}\n")
        for entry in ("cmdline", "ns", "stat", "status"):
            (folder / entry).symlink_to(f"/proc/{pid}/{entry}")
        for entry in ("cwd", "exe", "root"):
            with suppress(OSError):  # a process that ended has none
                (folder / entry).symlink_to(Path(f"/proc/{pid}/{entry}").readlink())
