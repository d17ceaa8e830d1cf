"""Composes the programs that run on nodes of parts in sh; each lies beside the module that reads what it reports."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path


@cache
def source(part: str) -> str:
    """The text of `part`.sh."""
    return Path(__file__).with_name(f"{part}.sh").read_text("utf-8")


@cache
def _sent(part: str) -> str:
    """What of it a node's shell needs: a third less to send and to parse without comments and indentation."""
    lines = (line.lstrip() for line in source(part).splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("#"))


@cache
def _functions(parts: tuple[str, ...]) -> str:
    """The same for every node of a run, more often than not."""
    return "\n".join(_sent(part) for part in ("records", *parts))


def program(parts: Iterable[str], variables: Mapping[str, str], calls: Iterable[str]) -> str:
    """A whole program: `variables` set, quoted; then the functions of `parts`, and `calls` as its body.

    The body reads nothing from standard input, which still holds the program's own text.
    """
    settings = "\n".join(f"{key}={shlex.quote(value)}" for key, value in variables.items())
    body = "\n".join(calls)
    return f"{settings}\n{_functions(tuple(parts))}\nmain() {{\n{body}\n}}\nmain </dev/null\nexit 0\n"
