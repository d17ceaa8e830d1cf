"""The sh programs that run on nodes: one look (kubelet.sh), one change (apply.sh, lock.sh), what both share (records.sh)."""

from __future__ import annotations

import shlex
from functools import cache
from importlib.resources import files

#: the files that each program is made of
PARTS = {"observe": ("records", "kubelet"), "apply": ("records", "lock", "apply")}


@cache
def source(name: str) -> str:
    """The text of `name`.sh."""
    return files(__package__).joinpath(f"{name}.sh").read_text("utf-8")


@cache
def _sent(name: str) -> str:
    """What of it a node's shell needs: a third less to send and to parse without comments and indentation."""
    lines = (line.lstrip() for line in source(name).splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("#"))


def program(name: str, variables: dict[str, str], calls: str) -> str:
    """A whole program: `variables` set, quoted; then the functions of its parts, and `calls` as its body.

    The body reads nothing from standard input, which still holds the program's own text.
    """
    settings = "\n".join(f"{key}={shlex.quote(value)}" for key, value in variables.items())
    functions = "\n".join(map(_sent, PARTS[name]))
    return f"{settings}\n{functions}\nmain() {{\n{calls}\n}}\nmain </dev/null\nexit 0\n"
