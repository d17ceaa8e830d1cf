"""Makes a node's own shell break something at a step that is named: every simple command of the programs that podwright
sends is one. A real sshd serves the node; bash, which shows a trap each command before it runs, stands in for its sh.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from podwright_lab.layout import NodeLayout

#: what breaks, each as what the shell runs then; `kill -9 0` takes all of the session's processes
FAULTS = {
    "controller": 'read -r fault_pid <"$FAULT/controller"; kill -9 "$fault_pid"',
    "connection": 'kill -9 "$PPID"',
    "shell": "kill -9 0",
    # as the lab's own full disk: no program writes a byte to a file any more
    "disk": 'printf "" >"$FAULT/full"',
    # the lab takes notice of it within a quarter of a second
    "kubelet": 'read -r fault_pid <"$FAULT/kubelet"; kill -STOP "$fault_pid"; sleep 0.3',
}
#: a program's output that is kept, or a file that is written
_OUTSIDE = re.compile(r"\$\((?!\()|>(?! */dev/null|&)")
#: of the shell, or a function of ours, although there are programs of these names
_OURS = ("[", "test", "true", "uptime", "watch")
_WRAPPER = """\
#!/bin/bash
[ "$#" -eq 3 ] || exec "$@"
exec "$1" -c "${{3//\\/bin\\/sh/{folder}\\/sh}}"
"""
_SHELL = """\
#!/bin/bash
export FAULT={folder} BASH_ENV={folder}/steps
exec /bin/bash "$@"
"""
#: who waits on the node alone is started by name
_ALONE = """\
#!/bin/bash
[ ! -e {folder}/alone ] || exec {folder}/sh "$@"
exec /bin/sh "$@"
"""
#: a place is told by its functions and the command's text, without what differs from run to run
_STEPS = """\
set -o posix
fault_wanted=''
[ ! -e "$FAULT/wanted" ] || read -r fault_wanted <"$FAULT/wanted"
fault_step() {
  local place="${FUNCNAME[*]:1:3}: $1"
  place=${place%%$'\\n'*}
  place=${place//[0-9a-f]/}
  [ ! -e "$FAULT/places" ] || printf '%s\\t%s\\n' "$place" "${1%%$'\\n'*}" >>"$FAULT/places"
  if [ "$place" = "$fault_wanted" ] && [ -e "$FAULT/fault" ] && [ ! -e "$FAULT/reached" ]; then
    printf '' >"$FAULT/reached"
    . "$FAULT/fault"
  fi
  [ ! -e "$FAULT/full" ] || { ulimit -f 0; trap '' XFSZ; }
}
# most runs only lead from one point to the next
if [ -n "$fault_wanted" ] || [ -e "$FAULT/places" ]; then
  set -o functrace
  trap 'fault_step "$BASH_COMMAND"' DEBUG
fi
"""


def _acts(command: str) -> bool:
    """Whether it starts a program, writes to a file or prints: between two such steps all faults come to the same."""
    word = command.partition(" ")[0]
    return bool(_OUTSIDE.search(command)) or (word not in _OURS and bool(shutil.which(word)))


class FaultyShell:
    """The shell of one node of a lab."""

    def __init__(self, node: NodeLayout) -> None:
        self._folder = node.root / "run" / "fault"
        self._armed = ""
        self._folder.mkdir()
        for name, text in (("wrapper", _WRAPPER), ("sh", _SHELL)):
            (self._folder / name).write_text(text.format(folder=str(self._folder).replace("/", "\\/")))
            (self._folder / name).chmod(0o755)
        (self._folder / "sh").write_text(_SHELL.format(folder=self._folder))
        (node.bin_dir / "sh").write_text(_ALONE.format(folder=self._folder))
        (node.bin_dir / "sh").chmod(0o755)
        (self._folder / "steps").write_text(_STEPS)
        node.shell_prelude.write_text(f"wrap={self._folder}/wrapper\n")

    def record(self) -> None:
        """Write down from now on which places are reached."""
        self._file("places").write_text("")

    @property
    def places(self) -> tuple[str, ...]:
        """Of what was written down, each once, the steps that do something outside the shell; none from then on."""
        steps = [line.partition("\t") for line in self._file("places").read_text().splitlines()]
        self._file("places").unlink()
        return tuple(dict.fromkeys(place for place, _, command in steps if _acts(command)))

    def arm(self, place: str, fault: str, *, alone: bool = False) -> None:
        """Let it break at `place` once, as soon as `release` says so; with `alone` also what waits for a switch."""
        self.disarm()
        if alone:
            self._file("alone").write_text("")
        self._file("wanted").write_text(f"{place}\n")
        self._armed = fault

    def release(self) -> None:
        """Let it break from now on, if it is armed."""
        fault, self._armed = self._armed, ""
        if fault:
            staged = self._file("fault.new")
            staged.write_text(f"{FAULTS[fault]}\n")
            staged.rename(self._file("fault"))

    @property
    def reached(self) -> bool:
        """Whether it broke already."""
        return self._file("reached").exists()

    def disarm(self) -> bool:
        """Whether it broke; what still runs on the node breaks nothing from now on, and what can be mended is."""
        self._armed = ""
        self._file("fault").unlink(missing_ok=True)
        reached = self.reached
        for name in ("wanted", "reached", "full", "alone"):
            self._file(name).unlink(missing_ok=True)
        with suppress(FileNotFoundError, ProcessLookupError):
            os.kill(int(self._file("kubelet").read_text()), signal.SIGCONT)
        return reached

    def pids(self, pids: Mapping[str, int]) -> None:
        """Whom a fault is for."""
        for name, pid in pids.items():
            self._file(name).write_text(f"{pid}\n")

    def _file(self, name: str) -> Path:
        return self._folder / name
