"""Breaks each operation at random steps, on real OpenSSH; after each, nothing stray or torn may be left, what the run
reported must be true, and the same command again must converge: `scripts/faults 100 --seed 7`.

A fault point is an operation (walk.py), a place in the programs that its node runs, and what breaks there (steps.py).
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.faults.steps import FAULTS
from tests.faults.walk import OPERATIONS, Walk

from podwright_lab.cluster import Lab


@dataclass(frozen=True)
class Point:
    operation: str
    place: str
    fault: str

    def __str__(self) -> str:
        return f"{self.operation}, {self.fault} at `{self.place}`"


def enumerate_points(walk: Walk, operations: Collection[str]) -> list[Point]:
    """Every operation, broken in every way at every place that it passes; the node is left without the file."""
    return [
        Point(name, place, fault) for name in operations for place in walk.learn(name) for fault in FAULTS
    ]


def try_points(
    folder: Path,
    count: int,
    seed: int,
    *,
    nodes: int = 3,
    operations: Collection[str] = tuple(OPERATIONS),
    tell: Callable[[str], None],
) -> list[str]:
    """What went wrong with `count` points; several nodes are broken at once, each by itself."""
    with Lab(folder / "lab", nodes=nodes, speed=2.0, sshd=True) as lab:
        walks = [Walk.on(lab, node, folder / node.name) for node in lab.nodes]
        known = enumerate_points(walks[0], operations)
        for walk in walks:
            walk.texts = walks[0].texts
        tried = random.Random(seed).sample(known, min(count, len(known)))
        tell(f"seed {seed}: {len(tried)} of {len(known)} fault points")
        with ThreadPoolExecutor(nodes) as pool:
            failed = pool.map(lambda number: _walk(walks[number], tried[number::nodes], tell), range(nodes))
            return [entry for entries in failed for entry in entries]


def _walk(walk: Walk, points: list[Point], tell: Callable[[str], None]) -> list[str]:
    failed = []
    for point in points:
        try:
            walk.survive(point.operation, point.place, point.fault)
        except AssertionError as error:
            failed.append(f"{point}: {error}")
            tell(failed[-1])
    return failed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("points", type=int, nargs="?", default=100)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="podwright-faults-") as folder:
        failed = try_points(Path(folder), given.points, given.seed, tell=lambda line: print(line, flush=True))
    print(f"seed {given.seed}: {given.points} tried, {given.points - len(failed)} survived")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
