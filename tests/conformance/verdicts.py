"""Replays the table of verdicts: each manifest alone on a node, and what became of it."""

from __future__ import annotations

import csv
import gzip
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.conformance.experiments import RECORDED
from tests.conformance.replay_lab import Luck, Phases, ReplayLab

#: rows whose outcome needs more than the manifest; their experiments are replayed as a whole
_NEED_MORE = {
    "14-missing-namespace/app.yaml": "runs without a mirror until its namespace is there",
    "18-hostport-conflict/pb.yaml": "is refused for the ports of another pod",
    "20-node-object-deleted/app-2.yaml": "was pushed without a Node object",
    "20-node-object-deleted/late.yaml": "was pushed without a Node object",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One manifest; `outcome` is (entered the sync loop, has a mirror, has a sandbox), each yes, no or ignored."""

    file: str
    manifest: str
    outcome: tuple[str, str, str]

    @property
    def needs_more(self) -> bool:
        return self.manifest in _NEED_MORE


def rows() -> list[Row]:
    with (RECORDED / "verdicts.tsv").open(newline="") as table:
        read = csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [
            Row(row["file"], row["manifest"], (row["accepted"], row["mirror"], row["sandbox"]))
            for row in read
        ]


def content(row: Row) -> bytes:
    data = (RECORDED / row.manifest).read_bytes()
    return gzip.decompress(data) if row.manifest.endswith(".gz") else data


def outcomes(wanted: list[Row]) -> list[tuple[str, str, str]]:
    """What the lab makes of each, one after the other on one node."""
    root = Path(tempfile.mkdtemp(prefix="podwright-verdicts-"))
    lab = ReplayLab(root, ["n3"], (Phases(15.0), Phases(15.0)), Luck())
    (lab.nodes["n3"].manifest_dir / "web.yaml").unlink()
    lab.run_to(30.0)
    try:
        return [_outcome(lab, row) for row in wanted]
    finally:
        lab.close()


def _outcome(lab: ReplayLab, row: Row) -> tuple[str, str, str]:
    node = lab.nodes["n3"]
    assert node.kubelet is not None
    target = node.manifest_dir / row.file
    staged = node.root / "staged"
    staged.write_bytes(content(row))
    # just after a tick of the folder, so that only the event counts
    lab.run_to(lab.now + 20 - (lab.now - 16.0) % 20)
    node.kubelet.journal.clear()
    lab.samples.clear()
    staged.rename(target)
    lab.run_to(lab.now + 3)
    journal = "\n".join(node.kubelet.journal)
    entered = "yes" if "SyncLoop ADD" in journal else "no" if "config file" in journal else "ignored"
    mirror = any(sample.what == "ADDED" for sample in lab.samples)
    sandbox = any(sample.what == "sandbox" for sample in lab.samples)
    target.unlink()
    _clear(lab)
    return entered, "yes" if mirror else "no", "yes" if sandbox else "no"


def _clear(lab: ReplayLab) -> None:
    """Wait until the pod is gone, and drop a mirror that a finalizer of the manifest holds."""
    lab.run_to(lab.now + 10)
    for pod in lab.store.list("pods")[0]:
        metadata = pod["metadata"]
        if metadata.get("finalizers"):
            lab.store.patch(
                "pods", metadata["namespace"], metadata["name"], {"metadata": {"finalizers": None}}
            )
    lab.run_to(lab.now + 30)
