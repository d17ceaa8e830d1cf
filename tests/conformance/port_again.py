"""Removes a pod and writes another on its host port once its sandbox has ended, as `31b-port-free-again` did."""

from __future__ import annotations

import csv
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.conformance.experiments import RECORDED
from tests.conformance.replay_lab import Luck, Phases, ReplayLab, ReplayNode

FOLDER = RECORDED / "31b-port-free-again"
_PHASES = (0.1, 0.6, 1.1, 1.6)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One row: seconds from the sandbox's end to the write, whether the old pod's folder was there, the outcome."""

    delay: float
    folder_there: bool
    admitted: bool


def attempts() -> list[Attempt]:
    with (FOLDER / "repeats.tsv").open(newline="") as table:
        return [
            Attempt(float(row["delay"]), row["pod_dir_still_there"] == "True", row["admitted"] == "True")
            for row in csv.DictReader(table, delimiter="\t")
        ]


def seen_in_the_lab(delay: float) -> set[Attempt]:
    """What came of it, over the phases in which the kubelet's housekeeping may be."""
    return {_run(delay, sweep) for sweep in _PHASES}


def _run(delay: float, sweep: float) -> Attempt:
    root = Path(tempfile.mkdtemp(prefix="podwright-port-again-"))
    lab = ReplayLab(root, ["n7"], (Phases(15.0, sweep), Phases(15.0)), Luck())
    try:
        return _replace(lab, lab.nodes["n7"], delay)
    finally:
        lab.close()
        shutil.rmtree(root, ignore_errors=True)


def _replace(lab: ReplayLab, node: ReplayNode, delay: float) -> Attempt:
    _write(lab, node, "old")
    lab.run_to(2.4)
    (old,) = (sandbox for sandbox in node.runtime.sandboxes.values() if sandbox.name == "old-n7")
    (node.manifest_dir / "old.yaml").unlink()
    lab.settle()
    while _ready(node, "old-n7"):
        assert lab.now < 30
        lab.run_to(lab.now + 0.02)
    lab.run_to(lab.now + delay)
    there = (node.root / "kubelet" / "pods" / old.uid).exists()
    _write(lab, node, "new")
    lab.run_to(lab.now + 1.0)
    return Attempt(delay, there, _ready(node, "new-n7"))


def _write(lab: ReplayLab, node: ReplayNode, name: str) -> None:
    staged = node.manifest_dir / f".{name}.yaml"
    staged.write_bytes((FOLDER / f"{name}.yaml").read_bytes())
    staged.rename(node.manifest_dir / f"{name}.yaml")
    lab.settle()


def _ready(node: ReplayNode, pod: str) -> bool:
    return any(sandbox.ready and sandbox.name == pod for sandbox in node.runtime.sandboxes.values())
