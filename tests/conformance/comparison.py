"""Compares what the lab did with what was recorded: the same order, states and fields, times of the same class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.conformance import differences
from tests.conformance.operations import LOOKS, Operation
from tests.conformance.replay_lab import Sample
from tests.conformance.rig import fields_of
from tests.conformance.sequence import Step, by_kind, mirror_steps, recorded, runtime_steps
from tests.fakes.copies import replace

#: the recorder looked at the runtime twice a second, on a machine that was busy at times
_LOOK = 0.8
_NONE = object()


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The first thing that differs; both sides are what is shown to a person."""

    pod: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.pod}\n  recorded: {self.expected}\n  lab:      {self.found}"


def allowed(t: float, operations: Sequence[Operation]) -> float:
    """How far off a time may be, from how long after the last operation it was recorded.

    At once, with the 2 s rounds: 2.6 s. Within a back-off or a status tick: 10.5 s; the ticks of the folder are the
    recording's own. At a resync: 31 s.
    """
    times = [float(str(operation["t"])) for operation in operations if operation["op"] not in LOOKS]
    since = min((t - time for time in times if time <= t), default=t)
    if since < 4:
        return 2.6
    return 10.5 if since < 41 else 31.0


def compare(folder: Path, samples: list[Sample], operations: Sequence[Operation]) -> list[Mismatch]:
    """Everything that differs, the first of each pod."""
    real = recorded(folder)
    slack = differences.slack(folder.name)
    real_mirrors, lab_mirrors = (_wanted(folder, mirror_steps(seen)) for seen in (real, samples))
    mismatches = _differences(real_mirrors, lab_mirrors, operations, slack)
    real_runtime = {pod: by_kind(steps) for pod, steps in _wanted(folder, runtime_steps(real)).items()}
    lab_runtime = {
        pod: _as_looked_at(real_runtime.get(pod, []), by_kind(steps))
        for pod, steps in _wanted(folder, runtime_steps(samples)).items()
        if _node_of(pod) in _looked_at(real)
    }
    return mismatches + _differences(real_runtime, lab_runtime, operations, slack + _LOOK)


def _wanted(folder: Path, steps: dict[str, list[Step]]) -> dict[str, list[Step]]:
    return {
        pod: [
            _cut(folder.name, step) for step in sequence if not differences.left_out(folder.name, step.what)
        ]
        for pod, sequence in steps.items()
    }


def _cut(experiment: str, step: Step) -> Step:
    """A step of which only a part counts says nothing of its fields either."""
    what = differences.cut(experiment, step.what)
    return step if what == step.what else replace(step, what=what, item=None)


def _looked_at(real: list[Sample]) -> set[str]:
    """The nodes whose runtime was recorded."""
    return {
        _node_of(sample.item["labels"]["io.kubernetes.pod.name"])
        for sample in real
        if sample.what in ("sandbox", "container")
    }


def _node_of(pod: str) -> str:
    return pod.rpartition("-")[2]


def _as_looked_at(real: list[Step], lab: list[Step]) -> list[Step]:
    """Without the ends that the recorder missed: a dead container may be cleared away between two looks."""
    seen = {step.what for step in real}
    return [
        step
        for step in lab
        if step.what in seen or not step.what.endswith(" over") or " in " not in step.what
    ]


def _differences(
    real: dict[str, list[Step]], lab: dict[str, list[Step]], operations: Sequence[Operation], slack: float
) -> list[Mismatch]:
    found = []
    for pod in sorted(real.keys() | lab.keys()):
        mismatch = _first(real.get(pod, []), lab.get(pod, []), operations, slack)
        found += [] if mismatch is None else [mismatch]
    return found


def _first(
    real: list[Step], lab: list[Step], operations: Sequence[Operation], slack: float
) -> Mismatch | None:
    for position in range(max(len(real), len(lab))):
        expected = real[position] if position < len(real) else None
        found = lab[position] if position < len(lab) else None
        if expected is None or found is None or expected.what != found.what:
            pod = (expected or found or Step(0, "", "")).pod
            return Mismatch(pod, _shown(expected), _shown(found))
        if abs(expected.t - found.t) > allowed(expected.t, operations) + slack:
            return Mismatch(expected.pod, _shown(expected), _shown(found))
        if (fields := _other_fields(expected, found)) is not None:
            return Mismatch(expected.pod, *(f"{_shown(expected)}: {side}" for side in fields))
    return None


def _other_fields(expected: Step, found: Step) -> tuple[str, str] | None:
    """The fields of the objects that differ, on each side."""
    if expected.item is None or found.item is None:
        return None
    spec = expected.what.startswith("ADDED")
    real, lab = fields_of(expected.item, spec=spec), fields_of(found.item, spec=spec)
    names = sorted(name for name in real.keys() | lab.keys() if real.get(name, _NONE) != lab.get(name, _NONE))
    return (_listed(names, real), _listed(names, lab)) if names else None


def _listed(names: list[str], side: dict[str, object]) -> str:
    return ", ".join(f"{name}={side[name]}" if name in side else f"no {name}" for name in names)


def _shown(step: Step | None) -> str:
    return "nothing more" if step is None else f"{step.t:8.3f} {step.what}"
