"""Compares the Events about an experiment's pods: of which generation and in what words, not when or how often."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from pathlib import Path

from tests.conformance import differences
from tests.conformance.comparison import Mismatch
from tests.conformance.rig import without_rig

from podwright_lab.api.store import Store

Told = dict[str, set[str]]


class _Notes:
    """The Events of each pod by name; generations, which are uids, are counted in the order in which they come up."""

    def __init__(self, experiment: str) -> None:
        self.told: Told = defaultdict(set)
        self._experiment = experiment
        self._generations: dict[str, list[str]] = defaultdict(list)

    def add(self, pod: str, uid: str, event: dict) -> None:
        text = without_rig(f"{event['type']} {event['reason']} {event['message']}")
        if pod.startswith("web-") or differences.left_out(self._experiment, text):
            return
        generations = self._generations[pod]
        if uid not in generations:
            generations.append(uid)
        self.told[pod].add(f"of generation {generations.index(uid)}: {text.strip()}")


def recorded(folder: Path) -> Told:
    """What the API had of each pod, by name, from the first operation on."""
    notes = _Notes(folder.name)
    with gzip.open(folder / "events.jsonl.gz", "rt") as lines:
        for row in map(json.loads, lines):
            if row["t"] >= 0:
                notes.add(row["object"].rpartition("/")[2], row["uid"], row)
    return notes.told


def of_lab(experiment: str, store: Store) -> Told:
    notes = _Notes(experiment)
    for event in sorted(store.list("events")[0], key=_number):
        about = event["involvedObject"]
        notes.add(about["name"], about["uid"], event)
    return notes.told


def compare(real: Told, lab: Told) -> list[Mismatch]:
    """One for each Event that only one side has."""
    found = []
    for pod in sorted(real.keys() | lab.keys()):
        found += [Mismatch(pod, event, "no such Event") for event in sorted(real[pod] - lab[pod])]
        found += [Mismatch(pod, "no such Event", event) for event in sorted(lab[pod] - real[pod])]
    return found


def _number(event: dict) -> int:
    """The time of the first of its kind, which the kubelet puts into the name."""
    return int(event["metadata"]["name"].rpartition(".")[2], 16)
