"""Refuses host and user names that a shell, ssh_config or known_hosts could take for something else."""

from __future__ import annotations

import re

from podwright.errors import HostError
from podwright.inventory.variable_types import HOST, USER, Kind


def check_host(name: str, source: str) -> str:
    """Return `name`, or raise HostError when OpenSSH would not connect to it; `source` says who named it."""
    return _check(name, source, HOST)


def check_user(name: str, source: str) -> str:
    """Return `name`, or raise HostError when OpenSSH would not log in as it; `source` says who named it."""
    return _check(name, source, USER)


def _check(name: str, source: str, kind: Kind) -> str:
    if len(name) > kind.rule["maxlength"] or not re.fullmatch(kind.rule["regex"], name):
        raise HostError(
            f"{source}: `{name[:100]}` is not {kind.expected}",
            "remove the characters that a shell, ssh_config or known_hosts would interpret",
        )
    return name
