"""Compares the Events about an experiment's pods: which were told and in what words, not when or how often."""

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


def recorded(folder: Path) -> Told:
    """What the API had of each pod, by name, from the first operation on."""
    told: Told = defaultdict(set)
    with gzip.open(folder / "events.jsonl.gz", "rt") as lines:
        for row in map(json.loads, lines):
            if row["t"] >= 0:
                _note(told, folder.name, row["object"].rpartition("/")[2], row)
    return told


def of_lab(experiment: str, store: Store) -> Told:
    told: Told = defaultdict(set)
    for event in store.list("events")[0]:
        _note(told, experiment, event["involvedObject"]["name"], event)
    return told


def compare(real: Told, lab: Told) -> list[Mismatch]:
    """One for each Event that only one side has."""
    found = []
    for pod in sorted(real.keys() | lab.keys()):
        found += [Mismatch(pod, event, "no such Event") for event in sorted(real[pod] - lab[pod])]
        found += [Mismatch(pod, "no such Event", event) for event in sorted(lab[pod] - real[pod])]
    return found


def _note(told: Told, experiment: str, pod: str, event: dict) -> None:
    text = without_rig(f"{event['type']} {event['reason']} {event['message']}")
    if not pod.startswith("web-") and not differences.left_out(experiment, text):
        told[pod].add(text.strip())
