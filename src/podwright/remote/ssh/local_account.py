"""Who runs podwright on this machine and where that account's home is, even if passwd knows no such account.

A container often runs under a number that stands in no `/etc/passwd`, and with no `HOME`; Python's own `Path.home` and
`getpass.getuser` raise there.
"""

from __future__ import annotations

import getpass
import os
from functools import cache
from pathlib import Path


@cache
def local_user() -> str:
    """`LOGNAME`, `USER` or what passwd says; else the account's number, which no node lets in by mistake."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return str(os.getuid())


def home_folder() -> Path:
    """`HOME`, otherwise the home in passwd, otherwise `/`, as container runtimes have it."""
    home = os.path.expanduser("~")  # noqa: PTH111 - Path.expanduser raises when it is unknown
    return Path("/" if home == "~" else home)


def in_home(path: str | Path) -> Path:
    """`path` with a leading `~` put in; the `~name` of an account that is not there stays, to be reported as missing."""
    text = str(path)
    if text == "~" or text.startswith("~/"):
        return home_folder() / text[2:]
    return Path(os.path.expanduser(text))  # noqa: PTH111 - see above


def is_file(path: Path) -> bool:
    """Whether a file is there for us; in a folder that we may not enter, none is."""
    try:
        return path.is_file()
    except PermissionError:
        return False
