"""Replays recorded experiments, each until one of a real kubelet's possible timings gives what was recorded."""

from __future__ import annotations

import gzip
import itertools
import json
import math
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.conformance import events
from tests.conformance.comparison import Mismatch, compare
from tests.conformance.operations import STARTS, Operation, Replayer, read_operations
from tests.conformance.replay_lab import Luck, Phases, ReplayLab, Sample
from tests.conformance.sequence import recorded

from podwright_lab.kubelet.kubelet import Kubelet

RECORDED = Path(__file__).parent.parent / "recorded" / "conformance"
#: these hold one manifest a variant, and are replayed row by row with the table of verdicts
VERDICTS = (
    "09-invalid-pod",
    "10-unknown-fields-and-types",
    "11-stray-files",
    "13-api-references",
    "17-identity-fields",
    "18-admission",
)
SECOND_WRITE = "30-second-write"
#: how long to look for more than was recorded
_AFTER = 4.0
#: whose kubelet had lost its watch of the folder before; when it read the folder, since the notes say otherwise
DEAF = {"21b-folder-renamed-and-recreated": 18.65}


@dataclass(frozen=True, slots=True)
class Replay:
    """The samples of one run, or the best of several; `mismatches` is empty when it conforms."""

    name: str
    luck: Luck
    samples: tuple[Sample, ...]
    mismatches: tuple[Mismatch, ...]


def timed_experiments() -> list[str]:
    """The folders with a sequence to compare."""
    names = sorted(folder.name for folder in RECORDED.iterdir() if (folder / "ops.jsonl").exists())
    return [name for name in names if name not in VERDICTS]


def lucks() -> Iterator[Luck]:
    """Every combination that a real kubelet could have drawn, those first that differ least from the usual."""
    choices = {
        "look": (0.3, 0.5, 0.7, 0.9),
        "share": (0.05, 0.5, 0.75, 0.98),
        "collect": (1, 2),
        "first": (0.3,),
        "lag": (0.045,),
        "pace": (2.5, 12.0),
    }
    for size in range(len(choices)):
        for names in itertools.combinations(choices, size):
            for values in itertools.product(*(choices[name] for name in names)):
                yield Luck(**dict(zip(names, values, strict=True)))


def drawn(name: str) -> Luck:
    """With what the experiment is known to conform, so that it need not be searched for."""
    known = json.loads((RECORDED / "lucks.json").read_text())
    return Luck(**known.get(name, {}))


def replay(name: str, make_kubelet: Callable[..., Kubelet] = Kubelet, tries: int = 200) -> Replay:
    """Run with the known luck, then with others until one gives what was recorded."""
    best: Replay | None = None
    for luck in itertools.chain((drawn(name),), itertools.islice(lucks(), tries)):
        result = run(name, luck, make_kubelet)
        if not result.mismatches:
            return result
        if best is None or len(result.mismatches) < len(best.mismatches):
            best = result
    assert best is not None
    return best


def run(name: str, luck: Luck, make_kubelet: Callable[..., Kubelet] = Kubelet) -> Replay:
    folder = RECORDED / name
    operations, real = read_operations(folder), recorded(folder)
    root = Path(tempfile.mkdtemp(prefix="podwright-replay-"))
    lab = ReplayLab(
        root, _nodes(folder), _lives(name, operations, real), luck, make_kubelet, deaf=name in DEAF
    )
    try:
        _perform(lab, Replayer(lab, folder), operations)
        lab.run_to(max(lab.now, *(sample.t for sample in real)) + _AFTER)
        samples = [sample for sample in lab.samples if sample.t >= 0]
        told = events.of_lab(name, lab.store)
    finally:
        lab.close()
    mismatches = compare(folder, samples, operations) + events.compare(events.recorded(folder), told)
    return Replay(name, luck, tuple(samples), tuple(mismatches))


def _perform(lab: ReplayLab, replayer: Replayer, operations: list[Operation]) -> None:
    for operation in operations:
        if float(str(operation["t"])) > lab.now:
            lab.run_to(float(str(operation["t"])))
        replayer.perform(operation)


def _lives(name: str, operations: list[Operation], real: list[Sample]) -> tuple[Phases, Phases]:
    """The phases before and after a restart of the kubelet, as far as the recording tells them."""
    ticks = [float(tick) for tick in operations[0]["poll_ticks_at"]]  # type: ignore[attr-defined]
    starts = [float(str(o["t"])) for o in operations if o["op"] in STARTS]
    first = DEAF.get(name, ticks[0] % 20 if ticks else 15.0)
    if not starts:
        return Phases(first, _sweep(real, 0.0, math.inf)), Phases(first)
    ticks_after = [tick for tick in ticks if tick > starts[0]]
    if name not in DEAF and len(ticks) == len(ticks_after):
        # the ticks that were noted are those of the second life
        first = 15.0
    second = ticks_after[0] if ticks_after else first
    return Phases(first, _sweep(real, 0.0, starts[0])), Phases(second, _sweep(real, starts[0], math.inf))


def _sweep(real: list[Sample], start: float, end: float) -> float | None:
    """Where in each 2 s housekeeping ran, from the mirrors that it deleted; `None` where it deleted none."""
    deleted = [sample for sample in real if sample.what == "DELETED" and start <= sample.t < end]
    added = [sample.t for sample in real if sample.what == "ADDED"]
    swept = [sample.t for sample in deleted if not any(0 <= t - sample.t < 0.3 for t in added)]
    return swept[0] % 2 if swept else None


def _nodes(folder: Path) -> list[str]:
    if folder.name == "07-api-down":
        return ["n2", "n3"]
    with gzip.open(folder / "runtime.jsonl.gz", "rt") as lines:
        runtime = lines.read()
    return [next((node for node in ("n3", "n7") if f'-{node}"' in runtime), "n2")]
