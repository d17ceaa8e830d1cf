"""Compares the Events about an experiment's pods: which were told and in what words, not when or how often."""

from __future__ import annotations

import gzip
import json
import re
from collections import defaultdict
from pathlib import Path

from tests.conformance import differences
from tests.conformance.comparison import Mismatch

from podwright.lab.api.store import Store

#: what is the rig's own in the words of an Event, and what stands for it
_RIGS_OWN = (
    (re.compile(r"\([0-9a-f]{32}\)"), "(uid)"),
    (re.compile(r"\bin [\d.]+m?s\b"), "in some time"),
    (re.compile(r"(?<=Head \"https://)[^/]+"), "registry"),
    (re.compile(r"(?<=dial tcp: ).*"), "no way there"),
)
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
    text = f"{event['type']} {event['reason']} {event['message']}"
    for pattern, stand_in in _RIGS_OWN:
        text = pattern.sub(stand_in, text)
    if not pod.startswith("web-") and not differences.left_out(experiment, text):
        told[pod].add(text.strip())
