"""Real processes that look like a kubelet in /proc: nothing runs in them but a shell that waits for its input."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.fakes.shell_host import stand_in


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


def show_processes(folder: Path, pids: Sequence[int], name: str = "kubelet") -> None:
    """A `pidof` that knows only these: other tests' kubelets run on this machine too."""
    words = " ".join(map(str, pids))
    stand_in(
        folder, "pidof", f'case " $* " in *" {name} "*) [ -n "{words}" ] && echo {words};; *) exit 1;; esac'
    )
