"""Keeps standard input, output and error open, so that nothing else ever gets their numbers."""

from __future__ import annotations

import os
import sys
from typing import TextIO


def open_standard_streams() -> None:
    """Open /dev/null for each of the three that is closed, as OpenSSH's `sanitise_stdfd` does; to be called first of all.

    Otherwise the next socket, for example to a node, would be number 2 and be sent what is meant for a person.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) < 3:
        os.set_inheritable(number, True)
    os.close(number)
    sys.stdin = sys.stdin or os.fdopen(0, "r", closefd=False)
    sys.stdout = sys.stdout or _writing(1)
    sys.stderr = sys.stderr or _writing(2)


def _writing(number: int) -> TextIO:
    return os.fdopen(number, "w", encoding="utf-8", errors="backslashreplace", closefd=False)
