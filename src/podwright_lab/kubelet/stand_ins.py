"""Writes the programs that a node's shell finds first: `crictl`, and a `pidof` that knows this node's kubelets only."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

_CLIENT = Path(__file__).with_name("crictl_client.py")

_CRICTL = """\
#!/bin/sh
# the lab's stand-in for crictl
exec {python} -I -S {client} {socket} ${{CONTAINER_RUNTIME_ENDPOINT:+--runtime-endpoint "$CONTAINER_RUNTIME_ENDPOINT"}} "$@"
"""

_PIDOF = """\
#!/bin/sh
# the lab's nodes share one machine: `pidof kubelet` prints this node's kubelets only
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
[ "$*" = kubelet ] || exec pidof "$@"
found=''
for entry in {proc}/[0-9]*; do
  pid=${{entry##*/}}
  read -r _ _ state _ 2>/dev/null <"/proc/$pid/stat" && [ "$state" != Z ] && found="$found $pid"
done
[ -n "$found" ] && printf '%s\\n' "${{found# }}"
"""


def write_stand_ins(bin_dir: Path, socket_path: Path, proc: Path, python: str = sys.executable) -> None:
    """Both are there whole or not at all: they are staged and renamed."""
    crictl = _CRICTL.format(
        python=shlex.quote(python), client=shlex.quote(str(_CLIENT)), socket=shlex.quote(str(socket_path))
    )
    bin_dir.mkdir(parents=True, exist_ok=True)
    _write(bin_dir / "crictl", crictl)
    _write(bin_dir / "pidof", _PIDOF.format(proc=shlex.quote(str(proc))))


def _write(program: Path, text: str) -> None:
    staged = program.with_name(f".{program.name}.new")
    staged.write_text(text)
    staged.chmod(0o755)
    staged.replace(program)
