"""The text that starts a program on a node: what goes into argv (never a secret) and what goes on standard input.

The command line only starts a small receiver. It says that it is there by printing a marker on both streams, throws
away what stands before the same marker on standard input (a password that sudo did not ask for), then obeys the rest:

    [password]                      only where sudo may ask for one
    MARKER
    one line of sh                  sets the environment and bounds what follows in time
    { PROGRAM } </dev/null; exit

A connection that is cut half-way leaves an unfinished `{`, so no part of the program runs. Standard input is never
closed by us: paramiko may send EOF after CLOSE, which makes sshd drop the whole link.
"""

from __future__ import annotations

import math
import shlex

#: One line and no single quotes, so that csh and fish pass it on unharmed.
_RECEIVER = (
    'printf "%s\\n" "$1"; printf "%s\\n" "$1" >&2; '
    'while IFS= read -r line; do case $line in "$1") IFS= read -r line && eval "$line"; exit;; esac; done; exit 125'
)
_ENVIRONMENT = (
    "LC_ALL=C; export LC_ALL; unset ENV BASH_ENV; "
    'PATH="${PATH:-/bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"; export PATH; '
)
#: Ends its child and all of its descendants after $1 seconds: for nodes without a timeout(1) that ends a group.
_WATCHDOG = (
    "exec 3<&0; /bin/sh <&3 3<&- & child=$!; exec 3<&-; family=$child; "
    "gather() { grown=; for stat in /proc/[0-9]*/stat; do read -r line <$stat || continue; "
    "pid=${line%% *}; line=${line##*) }; line=${line#* }; "
    'case " $family " in *" $pid "*) ;; *" ${line%% *} "*) family="$family $pid"; grown=1;; esac; done; '
    'if [ "$grown" ]; then gather; fi; }; '
    # $! and not a variable: the trap may come between the fork and the assignment
    '( trap "[ \\$! = $child ] || kill \\$!; exit" TERM; sleep "$1" & wait $!; gather; kill $family; '
    "sleep 1; gather; kill -9 $family ) </dev/null >/dev/null 2>&1 & dog=$!; "
    "wait $child; status=$?; kill $dog 2>/dev/null; exit $status"
)
#: GNU's and uutils' timeout end the whole process group; busybox's, which knows no --version, ends one process only.
_BOUND = (
    "if timeout --version >/dev/null 2>&1; then exec timeout -k 1 {seconds} /bin/sh; fi; "
    "exec /bin/sh -c {watchdog} sh {seconds}"
)


def receiver(marker: str) -> str:
    """Return the receiver's words, for any log-in shell or to stand behind another command."""
    return f"/bin/sh -c '{_RECEIVER}' sh {marker}"


def program_input(program: str, marker: str, timeout: float) -> bytes:
    """Return what follows a possible password on standard input; `timeout`, in seconds, bounds it on the node too."""
    bound = _BOUND.format(seconds=max(1, math.ceil(timeout)), watchdog=shlex.quote(_WATCHDOG))
    text = f"{marker}\n{_ENVIRONMENT}{bound}\n{{\n{program}\n}} </dev/null\nexit $?\n"
    return text.encode("utf-8", "surrogateescape")
