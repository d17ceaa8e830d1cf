"""The text that starts programs on a node: what goes into argv (never a secret) and what goes on standard input.

A connection has one shell. Its first program stands on its command line, which saves a round trip, if nothing in it
is secret, no log (sudo's) would hold it, and the server takes it. All others it reads from standard input:

    [password]          only if sudo may ask for one,
    [GREETING]          and then this line, before which a receiver throws everything away: what sudo did not ask for
    the preparation     once
    the bound           a watchdog that ends all of it in time, on the node too
    ( ... PROGRAM ... ) </dev/null and then, on both streams, a line that only this run's marker can make

A connection that is cut half-way leaves an unfinished `(`, so no part of the program runs. Standard input is never
closed by us before the end: paramiko may send EOF after CLOSE, which makes sshd drop the whole link.
"""

from __future__ import annotations

import math
import re

_NOT_ASCII = re.compile(r"[^\x00-\x7f]")

#: Stands behind `sudo -S`. One line and no single quotes, so that csh and fish pass it on unharmed.
_RECEIVER = (
    'printf "%s\\n" "$1"; printf "%s\\n" "$1" >&2; '
    'while IFS= read -r line; do case $line in "$1") exec /bin/sh; esac; done; exit 125'
)
_ENVIRONMENT = r"""
LC_ALL=C; export LC_ALL; unset ENV BASH_ENV
PATH="${PATH:-/bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"; export PATH
"""
#: `watch_over SECONDS` starts the watchdog, in place of the one before: it ends this shell and all that descends from it,
#: except itself, and ends with the shell. Once ended it is forgotten, for its pid may soon be another's. Its $! tells
#: whether its nap was begun: a signal may come between the fork and any assignment. And a signal that the parent traps is
#: lost on a child that has not come so far as to forget that trap: so the shell sets its own afterwards, and the nap is
#: ended by KILL.
_WATCHDOG = r"""
dog=
release() { [ -z "$dog" ] || kill "$dog" 2>/dev/null; dog=; }
trap release EXIT
gather() {
  grown=
  for stat in /proc/[0-9]*/stat; do
    read -r line <"$stat" || continue
    pid=${line%% *} line=${line##*) }
    line=${line#* }
    case " $me $family " in *" $pid "*) continue ;; esac
    case " $family " in *" ${line%% *} "*) family="$family $pid" grown=1 ;; esac
  done
  [ -z "$grown" ] || gather
}
watch_over() {
  release
  trap - HUP PIPE TERM
  (
    before=$!
    trap '[ "$!" = "$before" ] || kill -9 "$!"; exit' TERM
    trap - EXIT
    read -r me line </proc/self/stat
    sleep "$1" & wait "$!"
    family=$$
    gather; kill $family
    sleep 1
    gather; kill -9 $family
  ) </dev/null >/dev/null 2>&1 &
  dog=$!
  trap 'exit 1' HUP PIPE TERM
}
"""


def receiver(greeting: str) -> str:
    """Return the command that waits behind sudo for the line `greeting`, and then become the shell that obeys the rest."""
    return f"/bin/sh -c '{_RECEIVER}' sh {greeting}"


def preparation() -> bytes:
    """Return what a shell reads from its standard input before its first program from there."""
    return (_ENVIRONMENT + _WATCHDOG).encode()


def command_line(text: bytes) -> str:
    """Return the command line of a shell that runs `text`, then waits for a line before it reads on from standard input.

    What csh and fish would not leave alone inside single quotes is written in octal.
    """
    whole = _ENVIRONMENT.encode() + text + b"IFS= read -r line && exec /bin/sh"
    words = whole.decode("latin-1").replace("\\", "\\0134").replace("\n", "\\n")
    words = words.replace("'", "\\0047").replace("!", "\\0041")
    if not words.isascii():
        words = _NOT_ASCII.sub(lambda match: f"\\0{ord(match[0]):03o}", words)
    return f"/bin/sh -c 'eval \"$(printf %b \"$1\")\"' sh '{words}'"


def watch_over(seconds: float | None) -> bytes:
    """Return what starts the shell's watchdog again, or ends the one before."""
    return b"release\n" if seconds is None else f"watch_over {max(1, math.ceil(seconds))}\n".encode()


def program_input(program: str, marker: str, *, first: bool) -> bytes:
    """Return what makes the shell run `program`.

    On both streams the output ends with a line of `marker` and the exit status; that of a shell's first program, which
    a log-in script's may precede, begins with a line `marker`.
    """
    say = f"printf '%s\\n' {marker}"
    begin = f"{say} || exit; {say} >&2\n" if first else ""
    tell = f"printf '\\n%s %s\\n' {marker} \"$status\""
    text = f"{begin}(\n{program}\n) </dev/null\nstatus=$?; {tell} || exit; {tell} >&2\n"
    return text.encode("utf-8", "surrogateescape")


def program_with_input(program: str, marker: str) -> bytes:
    """Return what makes the shell run `program` with the rest of the shell's own standard input, and then end.

    A shell may read ahead of what it runs. So all of this is one command, and only once the line `marker`, with which
    the output begins, has come, nothing of the input is taken for the shell's own text. What the program leaves of it
    is thrown away, and the shell ends no sooner than the input.
    """
    say, tell = f"printf '%s\\n' {marker}", f"printf '\\n%s %s\\n' {marker} \"$status\""
    begin, end = f"{say} || exit; {say} >&2", f"status=$?; {tell} || exit; {tell} >&2; cat >/dev/null; exit"
    return f"{{\n(\n{begin}\n{program}\n)\n{end}\n}}\n".encode("utf-8", "surrogateescape")
