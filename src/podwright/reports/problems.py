"""Failures for a person: what and where by cause, with the hint below those that it is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from podwright.problem import Problem
from podwright.reports.alike import lines_by_cause, without_particulars


@dataclass(frozen=True, slots=True)
class Failures:
    """What went wrong for one reason, and what to do about it."""

    lines: tuple[str, ...]
    hint: str


def failures(problems: Iterable[Problem]) -> Iterator[Failures]:
    """Those of one hint together; of files each by itself, of nodes by cause."""
    of_hint: dict[str, list[Problem]] = {}
    for problem in problems:
        of_hint.setdefault(without_particulars(problem.node or "", problem.hint), []).append(problem)
    for group in of_hint.values():
        placed = [str(problem) for problem in group if problem.place or not problem.node]
        of_nodes = [
            (problem.node, problem.message) for problem in group if problem.node and not problem.place
        ]
        yield Failures((*placed, *lines_by_cause(of_nodes)), group[0].hint)
