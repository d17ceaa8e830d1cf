"""Finds groups that are below themselves, and takes what makes them so out of the structure."""

from __future__ import annotations

from collections.abc import Iterator

from podwright.inventory.structure import Structure
from podwright.problem import Problem


def refuse_cycles(structure: Structure, problems: list[Problem]) -> None:
    """Take every membership that makes a group its own ancestor out of the structure, and report its place."""
    done: set[str] = set()
    for start in structure.groups:
        path: dict[str, None] = {}
        stack: list[Iterator[str]] = []
        _enter(structure, start, path, stack, done)
        while stack:
            child = next(stack[-1], None)
            if child is None:
                stack.pop()
                done.add(path.popitem()[0])
            elif child in path:
                _refuse_cycle(structure, [*path], child, problems)
            else:
                _enter(structure, child, path, stack, done)


def _enter(
    structure: Structure, name: str, path: dict[str, None], stack: list[Iterator[str]], done: set[str]
) -> None:
    if name not in done:
        path[name] = None
        stack.append(iter(tuple(structure.groups[name].children)))


def _refuse_cycle(structure: Structure, path: list[str], child: str, problems: list[Problem]) -> None:
    place = structure.groups[path[-1]].children.pop(child)
    circle = " > ".join([*path[path.index(child) :], child])
    hint = "a group cannot be below itself: remove one of these `children`"
    problems.append(Problem(f"the groups {circle} go round in a circle", hint, place))
