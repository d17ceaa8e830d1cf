"""Writes the programs that a node's shell finds first: `crictl`, and a `pidof` that knows this node's kubelet only."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

_CLIENT = Path(__file__).with_name("crictl_client.py")

_CRICTL = """\
#!/bin/sh
# the lab's stand-in for crictl
exec {python} -I -S {client} {socket} "$@"
"""

_PIDOF = """\
#!/bin/sh
# the lab's nodes share one machine: `pidof kubelet` tells this node's kubelet only
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
[ "$*" = kubelet ] || exec pidof "$@"
read -r pid 2>/dev/null <{pid_file} && [ -d "/proc/$pid" ] || exit 1
read -r _ _ state _ 2>/dev/null <"/proc/$pid/stat" && [ "$state" != Z ] || exit 1
printf '%s\\n' "$pid"
"""


def write_stand_ins(bin_dir: Path, socket_path: Path, pid_file: Path, python: str = sys.executable) -> None:
    """Both are there whole or not at all: they are staged and renamed."""
    crictl = _CRICTL.format(
        python=shlex.quote(python), client=shlex.quote(str(_CLIENT)), socket=shlex.quote(str(socket_path))
    )
    bin_dir.mkdir(parents=True, exist_ok=True)
    _write(bin_dir / "crictl", crictl)
    _write(bin_dir / "pidof", _PIDOF.format(pid_file=shlex.quote(str(pid_file))))


def _write(program: Path, text: str) -> None:
    staged = program.with_name(f".{program.name}.new")
    staged.write_text(text)
    staged.chmod(0o755)
    staged.replace(program)
