"""Replays the table of verdicts: each manifest alone on a node, and what became of it."""

from __future__ import annotations

import csv
import gzip
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.conformance.differences import left_out
from tests.conformance.experiments import RECORDED
from tests.conformance.replay_lab import Luck, Phases, ReplayLab

#: rows whose outcome needs more than the manifest; their experiments are replayed as a whole
_NEED_MORE = {
    "14-missing-namespace/app.yaml": "runs without a mirror until its namespace is there",
    "18-hostport-conflict/pb.yaml": "is refused for the ports of another pod",
    "20-node-object-deleted/app-2.yaml": "was pushed without a Node object",
    "20-node-object-deleted/late.yaml": "was pushed without a Node object",
}


#: whether it entered the sync loop, has a mirror, has a sandbox, each yes, no or ignored; and what its mirror said then
#: of the pod and its containers, where that was noted
Outcome = tuple[str, str, str, str]
#: the recorder looked at statuses before or after the status manager's tick
_LOOKS_SECONDS = (3.0, 12.0)


@dataclass(frozen=True, slots=True)
class Row:
    """One manifest; `outcome` is what became of it."""

    file: str
    manifest: str
    outcome: Outcome

    @property
    def needs_more(self) -> bool:
        return self.manifest in _NEED_MORE


def rows() -> list[Row]:
    with (RECORDED / "verdicts.tsv").open(newline="") as table:
        read = csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [
            Row(row["file"], row["manifest"], (row["accepted"], row["mirror"], row["sandbox"], _noted(row)))
            for row in read
        ]


def _noted(row: dict[str, str]) -> str:
    status = row["status"].partition(" [")[0]
    in_full = ": " in status and not status.startswith("no mirror")
    return status if in_full and not left_out(row["manifest"].partition("/")[0], status) else ""


def content(row: Row) -> bytes:
    data = (RECORDED / row.manifest).read_bytes()
    return gzip.decompress(data) if row.manifest.endswith(".gz") else data


def outcomes(wanted: list[Row]) -> list[Outcome]:
    """What the lab makes of each, one after the other on one node."""
    root = Path(tempfile.mkdtemp(prefix="podwright-verdicts-"))
    lab = ReplayLab(root, ["n3"], (Phases(15.0), Phases(15.0)), Luck())
    (lab.nodes["n3"].manifest_dir / "web.yaml").unlink()
    lab.run_to(30.0)
    try:
        return [_outcome(lab, row) for row in wanted]
    finally:
        lab.close()


def _outcome(lab: ReplayLab, row: Row) -> Outcome:
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
    placed = lab.now
    lab.run_to(placed + _LOOKS_SECONDS[0])
    early = _status(lab)
    journal = "\n".join(node.kubelet.journal)
    entered = "yes" if "SyncLoop ADD" in journal else "no" if "config file" in journal else "ignored"
    mirror = any(sample.what == "ADDED" for sample in lab.samples)
    sandbox = any(sample.what == "sandbox" for sample in lab.samples)
    lab.run_to(placed + _LOOKS_SECONDS[1])
    status = (early if early == row.outcome[3] else _status(lab)) if row.outcome[3] else ""
    target.unlink()
    _clear(lab)
    return entered, "yes" if mirror else "no", "yes" if sandbox else "no", status


def _status(lab: ReplayLab) -> str:
    return "; ".join(_described(pod) for pod in lab.store.list("pods")[0])


def _described(pod: dict) -> str:
    containers = [_state_of(entry) for entry in pod["status"].get("containerStatuses", ())]
    return " ".join([f"{pod['metadata']['name']}: {pod['status'].get('phase')}", *containers])


def _state_of(entry: dict) -> str:
    ((state, details),) = entry["state"].items()
    reason = f":{details['reason']}" if "reason" in details else ""
    return f"{entry['name']}={state}{reason}{'' if entry['ready'] else ',notready'}"


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
