"""What a person can do on a node by hand about files that podwright leaves alone, as commands for the node's shell."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Iterable

#: seconds after which the kubelet has seen that a file is gone, without a notice of its folder too
_SEEN_SECONDS = 25


def moving_out(folder: str, names: Iterable[str]) -> str:
    """Moves files into the folder above, which is on the same disk."""
    paths = (posixpath.join(folder, name) for name in names)
    return shlex.join(("mv", "-i", *paths, _above(folder)))


def starting_again(folder: str, name: str) -> str:
    """Ends the pod of a file, and starts it again."""
    back = shlex.join(("mv", "-i", posixpath.join(_above(folder), name), posixpath.join(folder, "")))
    return shlex.join(("sh", "-c", f"{moving_out(folder, [name])} && sleep {_SEEN_SECONDS} && {back}"))


def _above(folder: str) -> str:
    return posixpath.join(posixpath.dirname(folder.rstrip("/")), "")
