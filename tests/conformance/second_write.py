"""Writes a manifest twice, as `30-second-write` did, and measures when the new container is up."""

from __future__ import annotations

import csv
import itertools
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.conformance.experiments import RECORDED, SECOND_WRITE
from tests.conformance.replay_lab import Luck, Phases, ReplayLab, ReplayNode

_POD = """\
apiVersion: v1
kind: Pod
metadata: {{name: app, namespace: default, annotations: {{example.com/rev: "{rev}"}}}}
spec:
  hostNetwork: true
  terminationGracePeriodSeconds: 2
  containers:
  - name: c
    image: docker.io/library/busybox:1.36
    command: [sh, -c, "trap 'exit 0' TERM; sleep 100000 & wait"]
    env: [{{name: REV, value: "{env}"}}]
"""
#: slower than this is a back-off of 10-15 s
AT_ONCE = 5.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One row: what was waited for, how much longer, and the seconds from the first write to the new container."""

    kind: str
    signal: str
    delay: float
    up: float


def attempts() -> list[Attempt]:
    with (RECORDED / SECOND_WRITE / "repeats.tsv").open(newline="") as table:
        return [
            Attempt(
                row["kind"],
                row["signal waited for after the first write"],
                float(row["further delay"]),
                float(row["new container up"]),
            )
            for row in csv.DictReader(table, delimiter="\t")
        ]


def seen_in_the_lab(attempt: Attempt) -> set[bool]:
    """Whether the new container was up at once, over the phases that a kubelet may be in."""
    phases = itertools.product((0.05, 0.3, 0.55, 0.8), (0.1, 0.6, 1.1, 1.6))
    return {_run(attempt, look, sweep) < AT_ONCE for look, sweep in phases}


def _run(attempt: Attempt, look: float, sweep: float) -> float:
    root = Path(tempfile.mkdtemp(prefix="podwright-second-write-"))
    lab = ReplayLab(root, ["n2"], (Phases(12.0, sweep), Phases(12.0)), Luck(look=look))
    try:
        return _second_write(lab, attempt)
    finally:
        lab.close()
        shutil.rmtree(root, ignore_errors=True)


def _second_write(lab: ReplayLab, attempt: Attempt) -> float:
    node = lab.nodes["n2"]
    _push(lab, node, 1, 1)
    lab.run_to(3.0)
    (uid,) = {sandbox.uid for sandbox in node.runtime.sandboxes.values() if sandbox.name == "app-n2"}
    changed = 2 if attempt.kind == "update" else 1
    _push(lab, node, 2, changed)
    _wait(lab, _signals(node, uid)[attempt.signal])
    lab.run_to(lab.now + attempt.delay)
    _push(lab, node, 3, changed)
    _wait(
        lab, lambda: any(c.running and c.pod_name == "app-n2" and c.pod_uid != uid for c in _containers(node))
    )
    return lab.now - 3.0


def _signals(node: ReplayNode, uid: str) -> dict[str, Callable[[], bool]]:
    folder = node.root / "kubelet" / "pods" / uid
    return {
        "old container gone": lambda: not any(c.running and c.pod_uid == uid for c in _containers(node)),
        "old sandbox NOTREADY": lambda: (
            not any(s.ready for s in node.runtime.sandboxes.values() if s.uid == uid)
        ),
        "/var/lib/kubelet/pods/<old uid> gone": lambda: not folder.exists(),
    }


def _containers(node: ReplayNode) -> list:
    return list(node.runtime.containers.values())


def _push(lab: ReplayLab, node: ReplayNode, rev: int, env: int) -> None:
    staged = node.manifest_dir / ".app.yaml"
    staged.write_text(_POD.format(rev=rev, env=env))
    staged.rename(node.manifest_dir / "app.yaml")
    lab.settle()


def _wait(lab: ReplayLab, condition: Callable[[], bool]) -> None:
    while not condition():
        assert lab.now < 60
        lab.run_to(lab.now + 0.02)
