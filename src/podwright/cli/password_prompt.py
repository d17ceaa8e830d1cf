"""Asks for passwords."""

from __future__ import annotations

import getpass
import sys

from podwright.cli.console import can_ask
from podwright.errors import UsageError
from podwright.secret import Secret


def asked(prompt: str) -> Secret:
    """From the terminal, otherwise the first line of standard input, as `sudo -S` does; never echoed, never in argv."""
    if can_ask():
        return Secret(getpass.getpass(prompt))
    line = sys.stdin.readline() if sys.stdin else ""
    if not line:
        raise UsageError(
            f"cannot ask for the {prompt.rstrip(': ')}",
            hint="give it on standard input, as one line",
        )
    return Secret(line.rstrip("\n"))
