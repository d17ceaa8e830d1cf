"""One thing that is wrong with what we were given: where it is, what it is, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from podwright.text import abbreviated


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file: line and column count from 1."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with what we were given, and what to do about it."""

    message: str
    hint: str = ""
    place: Place | None = None
    node: str | None = None

    def on(self, node: str) -> Problem:
        """The same, of that node."""
        return replace(self, node=node)

    def __str__(self) -> str:
        where = str(self.place) if self.place else ""
        if self.node:
            where = f"{where} on {self.node}" if where else self.node
        return f"{where}: {self.message}" if where else self.message


def merged(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The same problem on many nodes is reported once, with their names."""
    nodes: dict[Problem, dict[str, None]] = {}
    for problem in problems:
        named = nodes.setdefault(replace(problem, node=None), {})
        if problem.node:
            named[problem.node] = None
    return tuple(replace(problem, node=abbreviated([*names]) or None) for problem, names in nodes.items())


def by_place(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """By file, line and column; those without a place first."""

    def key(problem: Problem) -> tuple[str, int, int]:
        place = problem.place or Place("")
        return place.file, place.line or 0, place.column or 0

    return tuple(sorted(problems, key=key))
