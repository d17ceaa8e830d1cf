"""Makes a node's own shell break something at a step that is named: every simple command of the programs that podwright
sends is one. A real sshd serves the node; bash, which shows a trap each command before it runs, stands in for its sh.
"""

from __future__ import annotations

from pathlib import Path

from podwright_lab.layout import NodeLayout

#: what breaks, each as what the shell runs then; `kill -9 0` takes all of the session's processes
FAULTS = {
    "controller": 'read -r fault_pid <"$FAULT/controller"; kill -9 "$fault_pid"',
    "connection": 'kill -9 "$PPID"',
    "shell": "kill -9 0",
}
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
#: a place is told by its functions and the command's text, without what differs from run to run
_STEPS = """\
set -o posix -o functrace
fault_wanted='' fault_log=''
[ ! -e "$FAULT/wanted" ] || read -r fault_wanted <"$FAULT/wanted"
[ ! -e "$FAULT/places" ] || fault_log=yes
fault_step() {
  local place="${FUNCNAME[*]:1:3}: $1"
  place=${place%%$'\\n'*}
  place=${place//[0-9a-f]/}
  [ -z "$fault_log" ] || printf '%s\\n' "$place" >>"$FAULT/places"
  [ "$place" = "$fault_wanted" ] && [ -e "$FAULT/fault" ] && [ ! -e "$FAULT/reached" ] || return 0
  printf '' >"$FAULT/reached"
  . "$FAULT/fault"
}
trap 'fault_step "$BASH_COMMAND"' DEBUG
"""


class FaultyShell:
    """The shell of one node of a lab."""

    def __init__(self, node: NodeLayout) -> None:
        self._folder = node.root / "run" / "fault"
        self._folder.mkdir()
        for name, text in (("wrapper", _WRAPPER), ("sh", _SHELL)):
            (self._folder / name).write_text(text.format(folder=str(self._folder).replace("/", "\\/")))
            (self._folder / name).chmod(0o755)
        (self._folder / "sh").write_text(_SHELL.format(folder=self._folder))
        (self._folder / "steps").write_text(_STEPS)
        node.shell_prelude.write_text(f"wrap={self._folder}/wrapper\n")

    def record(self) -> None:
        """Write down from now on which places are reached."""
        self._file("places").write_text("")

    @property
    def places(self) -> tuple[str, ...]:
        """What was written down, each once; none from then on."""
        found = self._file("places").read_text().splitlines()
        self._file("places").unlink()
        return tuple(dict.fromkeys(found))

    def arm(self, place: str, fault: str) -> None:
        """Let it break at `place`, once."""
        self.disarm()
        self._file("fault").write_text(f"{FAULTS[fault]}\n")
        self._file("wanted").write_text(f"{place}\n")

    def disarm(self) -> bool:
        """Whether it broke; what still runs on the node breaks nothing from now on."""
        self._file("fault").unlink(missing_ok=True)
        reached = self._file("reached").exists()
        for name in ("wanted", "reached"):
            self._file(name).unlink(missing_ok=True)
        return reached

    def controller_is(self, pid: int) -> None:
        self._file("controller").write_text(f"{pid}\n")

    def _file(self, name: str) -> Path:
        return self._folder / name
