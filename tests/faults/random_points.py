"""Breaks each operation at its steps, on real OpenSSH; after each, nothing stray or torn may be left, what the run reported
must be true, and the same command again must converge. All of them: `scripts/faults`; some: `scripts/faults 100 --seed 7`;
one that did not survive, by what was told of it: `scripts/faults --only "create, disk at"`.

A fault point is an operation (operations.py), a place in the programs that its node runs, and what breaks there (steps.py).
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.command_server import CommandServer, command_server
from tests.faults.operations import OPERATIONS
from tests.faults.steps import FAULTS
from tests.faults.walk import Walk

from podwright_lab.cluster import Lab


@dataclass(frozen=True)
class Point:
    operation: str
    place: str
    fault: str

    def __str__(self) -> str:
        return f"{self.operation}, {self.fault} at `{self.place}`"


@dataclass(frozen=True)
class Tried:
    """What came of a point; a run may take another way and not come by its place."""

    point: Point
    reached: bool
    failure: str = ""

    def __str__(self) -> str:
        return f"{self.point}: {self.failure or ('survived' if self.reached else 'not come by')}"


def enumerate_points(names: Sequence[str], walks: list[Walk], pool: ThreadPoolExecutor) -> list[Point]:
    """Each of these operations, broken in every way at every place that it passes."""
    left = iter(names)
    learned = pool.map(lambda walk: [(name, walk.learn(name)) for name in left], walks)
    places = dict(one for ones in learned for one in ones)
    known = {word: text for walk in walks for word, text in walk.texts.items()}
    for walk in walks:
        walk.texts = known
    return [
        Point(name, place, fault)
        for name in names
        for place in places[name]
        for fault in OPERATIONS[name].faults
    ]


def try_points(
    folder: Path,
    commands: CommandServer,
    count: int | None,
    seed: int,
    *,
    names: Sequence[str] = tuple(OPERATIONS),
    nodes: int = 3,
    only: str = "",
    tell: Callable[[str], None],
) -> list[Tried]:
    """What came of `count` points, or of all; several nodes are broken at once, each by itself."""
    with Lab(folder / "lab", nodes=nodes, speed=2.0, sshd=True) as lab, ThreadPoolExecutor(nodes) as pool:
        walks = [Walk.on(lab, node, folder / node.name, commands) for node in lab.nodes]
        known = [point for point in enumerate_points(names, walks, pool) if only in str(point)]
        tried = random.Random(seed).sample(known, min(count or len(known), len(known)))
        tell(f"seed {seed}: {len(tried)} of {len(known)} fault points")
        left = iter(tried)
        came = pool.map(lambda walk: _walk(walk, left, tell), walks)
        return [one for ones in came for one in ones]


def _walk(walk: Walk, points: Iterator[Point], tell: Callable[[str], None]) -> list[Tried]:
    return [_tried(walk, point, tell) for point in points]


def _tried(walk: Walk, point: Point, tell: Callable[[str], None]) -> Tried:
    try:
        tried = Tried(point, walk.survive(point.operation, point.place, point.fault))
    except AssertionError as error:
        tried = Tried(point, True, str(error) or "an assertion failed")
    tell(str(tried))
    return tried


def summary(tried: list[Tried]) -> str:
    """How many points were tried and survived, of each operation and in all."""
    lines = [
        f"{name}: {_counted([one for one in tried if one.point.operation == name])}" for name in OPERATIONS
    ]
    faults = Counter(one.point.fault for one in tried if one.reached)
    return "\n".join(
        [*lines, ", ".join(f"{name} {faults[name]}" for name in FAULTS), f"all: {_counted(tried)}"]
    )


def _counted(tried: list[Tried]) -> str:
    reached = [one for one in tried if one.reached]
    survived = sum(not one.failure for one in reached)
    return f"{len(reached)} tried, {survived} survived, {len(tried) - len(reached)} not come by"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("points", type=int, nargs="?", help="how many; all by default")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--only", default="", help="points that are told with this text")
    parser.add_argument(
        "--nodes", type=int, default=3 * (os.cpu_count() or 1), help="how many are broken at once"
    )
    given = parser.parse_args()
    names = [name for name in OPERATIONS if given.only.startswith(f"{name},")]
    with (
        tempfile.TemporaryDirectory(prefix="podwright-faults-") as folder,
        command_server(Path(folder)) as commands,
    ):
        tried = try_points(
            Path(folder),
            commands,
            given.points,
            given.seed,
            names=names or [*OPERATIONS],
            nodes=given.nodes,
            only=given.only,
            tell=lambda line: print(line, flush=True),
        )
    print(summary(tried))
    return 1 if any(one.failure for one in tried) else 0


if __name__ == "__main__":
    sys.exit(main())
