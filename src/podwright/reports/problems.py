"""Failures for a person: what and where by cause, with the hint below those that it is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from podwright.problem import Problem
from podwright.reports.grouping import MOST_SHOWN, by_cause, lines_by_cause, without_particulars


class Failures(Struct, frozen=True):
    """What went wrong for one reason, and what to do about it."""

    lines: tuple[str, ...]
    hint: str


def failures(problems: Iterable[Problem]) -> Iterator[Failures]:
    """Those of one hint together, whatever host it names; of files each by itself, of nodes by cause."""
    of_hint: dict[str, list[Problem]] = {}
    for problem in problems:
        of_hint.setdefault(without_particulars(problem.node or "", problem.hint), []).append(problem)
    for group in _few(list(of_hint.values())):
        placed = [str(problem) for problem in group if problem.place or not problem.node]
        of_nodes = [
            (problem.node, problem.message) for problem in group if problem.node and not problem.place
        ]
        yield Failures((*placed, *lines_by_cause(of_nodes)), group[0].hint)


def _few(groups: list[list[Problem]]) -> Iterator[list[Problem]]:
    """Many hints to nodes that differ in what they name are one; what the hint to a file names is to be read."""
    of_nodes = [group for group in groups if all(one.node and not one.place for one in group)]
    causes = by_cause((group[0].node or "", group[0].hint, group) for group in of_nodes)
    merged = {id(group): cause for cause in causes if len(cause) > MOST_SHOWN for group in cause}
    for group in groups:
        cause = merged.get(id(group), [group])
        if group is cause[0]:
            yield [problem for one in cause for problem in one]
