"""Kills what containers leave running once the lab is gone, however it ended."""

from __future__ import annotations

import contextlib
import subprocess

#: Ends the process groups that are left when the lab's end of the pipe closes, however the lab ended.
#: No `--` before a group: dash does not take it.
_UNDERTAKER = """
groups=' '
while read -r sign group; do
  case $sign in
    +) groups="$groups$group " ;;
    -) groups="${groups%%" $group "*} ${groups#*" $group "}" ;;
  esac
done
for group in $groups; do kill -9 "-$group" 2>/dev/null; done
"""


class Undertaker:
    """A process that kills the given process groups once this one is gone, even by SIGKILL."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def watch(self, group: int) -> None:
        self._say(b"+ %d\n" % group)

    def release(self, group: int) -> None:
        self._say(b"- %d\n" % group)

    def _say(self, line: bytes) -> None:
        if self._process is None:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", _UNDERTAKER],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        with contextlib.suppress(OSError):
            assert self._process.stdin is not None  # noqa: S101 - it was asked for
            self._process.stdin.write(line)
            self._process.stdin.flush()

    def close(self) -> None:
        if self._process is None:
            return
        assert self._process.stdin is not None  # noqa: S101 - it was asked for
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        self._process.wait()
        self._process = None
