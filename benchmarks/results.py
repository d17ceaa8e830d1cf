"""Measurements as values: kept as JSON lines, so that runs can be added to one another, and boiled down to medians."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True, slots=True)
class Sample:
    """One tool's run of one case. `session` and `round` say which samples were taken side by side.

    `wall` and `cpu` are seconds, `latency` milliseconds there and back.
    """

    session: str
    round: int
    nodes: int
    latency: int
    case: str
    tool: str
    wall: float
    cpu: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Row:
    """One tool in one setting: milliseconds a node, MB, and how many times podwright's wall time it takes.

    `times` and `times_floor` (how many times the floor's wall time) are medians over the rounds of the ratio within
    each round; None where the other was not measured beside it.
    """

    tool: str
    wall: float
    cpu: float
    peak_mb: float
    times: float | None
    times_floor: float | None
    rounds: int


@dataclass(frozen=True, slots=True)
class Group:
    """Everything measured in one setting."""

    case: str
    nodes: int
    latency: int
    rows: tuple[Row, ...]


def append(path: Path, sample: Sample) -> None:
    with path.open("a") as file:
        file.write(json.dumps(asdict(sample)) + "\n")


def read(path: Path) -> tuple[Sample, ...]:
    return tuple(Sample(**json.loads(line)) for line in path.read_text().splitlines() if line)


def summary(samples: Iterable[Sample], order: tuple[str, ...]) -> tuple[Group, ...]:
    """Medians and ratios, in the order in which the settings were first met; tools as `order` names them."""
    groups: dict[tuple[str, int, int], list[Sample]] = {}
    for sample in samples:
        groups.setdefault((sample.case, sample.nodes, sample.latency), []).append(sample)
    return tuple(Group(*setting, tuple(_rows(found, order))) for setting, found in groups.items())


def _rows(samples: list[Sample], order: tuple[str, ...]) -> Iterator[Row]:
    for tool in order:
        own = [sample for sample in samples if sample.tool == tool]
        if own:
            yield Row(
                tool,
                _per_node(own, lambda sample: sample.wall),
                _per_node(own, lambda sample: sample.cpu),
                max(sample.peak_mb for sample in own),
                _times(own, samples, "podwright"),
                _times(own, samples, "floor"),
                len(own),
            )


def _per_node(samples: list[Sample], value: Callable[[Sample], float]) -> float:
    return median(1000 * value(sample) / sample.nodes for sample in samples)


def _times(own: list[Sample], samples: list[Sample], other: str) -> float | None:
    beside = {(s.session, s.round): s.wall for s in samples if s.tool == other}
    ratios = [s.wall / beside[s.session, s.round] for s in own if (s.session, s.round) in beside]
    return median(ratios) if ratios else None
