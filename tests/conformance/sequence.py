"""Brings what was recorded and what the lab did into one form: what a client sees of each pod, in order, with times."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.conformance.replay_lab import Sample

_MIRROR = "kubernetes.io/config.mirror"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing seen: `what` has no identifiers and no times, `t` is in seconds after the first operation.

    `item` is the mirror pod as a client got it, or the sandbox or container as crictl showed it first.
    """

    t: float
    pod: str
    what: str
    item: dict | None = None


class _Numbers:
    """Identifiers by the order in which they come up."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._seen: dict[str, int] = {}

    def __call__(self, identifier: str) -> str:
        return f"{self._prefix}{self._seen.setdefault(identifier, len(self._seen))}"


def recorded(folder: Path) -> list[Sample]:
    """The recording's own samples, from the first operation on."""
    samples = []
    for row in _rows(folder / "watch.jsonl.gz"):
        if row["object"].get("kind") == "Pod":
            samples.append(Sample(row["t"], row["type"], row["object"]))
    known: dict[str, dict] = {}
    for row in _rows(folder / "runtime.jsonl.gz"):
        for what in ("sandbox", "container"):
            if what in row:
                item = known[row[what]["id"]] = known.get(row[what]["id"], {}) | row[what]
                samples.append(Sample(row["t"], what, item))
    return sorted((sample for sample in samples if sample.t >= 0), key=lambda sample: sample.t)


def _rows(path: Path) -> Iterator[dict]:
    with gzip.open(path, "rt") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def mirror_steps(samples: Iterable[Sample]) -> dict[str, list[Step]]:
    """What the watch of the mirror pods says, by pod; the baseline pod is left out."""
    mirrors: dict[str, _Numbers] = {}
    hashes: dict[str, _Numbers] = {}
    steps: dict[str, list[Step]] = {}
    for sample in samples:
        if sample.what not in ("ADDED", "MODIFIED", "DELETED"):
            continue
        metadata = sample.item["metadata"]
        name = f"{metadata['namespace']}/{metadata['name']}"
        if metadata["name"].startswith("web-"):
            continue
        marked = (metadata.get("annotations") or {}).get(_MIRROR, "")
        mirror = mirrors.setdefault(name, _Numbers("mirror"))(metadata["uid"])
        content = hashes.setdefault(name, _Numbers("hash"))(marked)
        what = f"{sample.what} {mirror} {content} {_described(sample.item)}"
        steps.setdefault(name, []).append(Step(sample.t, name, what, sample.item))
    return steps


def _described(mirror: dict) -> str:
    metadata, status = mirror["metadata"], mirror.get("status") or {}
    parts = [status.get("phase", "-")]
    if status.get("reason"):
        parts.append(f"reason={status['reason']}")
    if "deletionTimestamp" in metadata:
        parts.append(f"deleting={metadata['deletionGracePeriodSeconds']}")
    parts += [
        f"{condition['type']}={condition['status']}{':' + condition['reason'] if 'reason' in condition else ''}"
        for condition in status.get("conditions", ())
    ]
    for group in ("initContainerStatuses", "containerStatuses"):
        parts += [_container(entry) for entry in status.get(group, ())]
    return " ".join(parts)


def _container(entry: dict) -> str:
    text = f"{{{entry['name']} {_state(entry['state'])} restarts={entry['restartCount']}"
    text += f" ready={entry['ready']} started={entry.get('started')}"
    last = entry.get("lastState")
    return f"{text}{' last=' + _state(last) if last else ''}}}"


def _state(state: dict) -> str:
    name, details = next(iter(state.items()))
    return "/".join(
        str(part) for part in (name, details.get("reason"), details.get("exitCode")) if part is not None
    )


def runtime_steps(samples: Iterable[Sample]) -> dict[str, list[Step]]:
    """What crictl shows, by pod: each sandbox and container as it comes up and as it ends."""
    uids: dict[str, _Numbers] = {}
    sandboxes: dict[str, _Numbers] = {}
    steps: dict[str, list[Step]] = {}
    seen: set[str] = set()
    for sample in samples:
        if sample.what not in ("sandbox", "container"):
            continue
        labels, metadata = sample.item["labels"], sample.item["metadata"]
        pod = f"{labels['io.kubernetes.pod.namespace']}/{labels['io.kubernetes.pod.name']}"
        if labels["io.kubernetes.pod.name"].startswith("web-"):
            continue
        state = sample.item["state"].partition("_")[2]
        number = sandboxes.setdefault(pod, _Numbers("sandbox"))
        who = f"attempt={metadata['attempt']}"
        if sample.what == "sandbox":
            content = uids.setdefault(pod, _Numbers("hash"))(labels["io.kubernetes.pod.uid"])
            who = f"{number(sample.item['id'])} of {content} {who}"
        else:
            who = f"{metadata['name']} in {number(sample.item['podSandboxId'])} {who}"
        for event in _lived(sample.item["id"], state, seen):
            item = sample.item if event == "up" else None
            steps.setdefault(pod, []).append(Step(sample.t, pod, f"{who} {event}", item))
    return steps


def _lived(identifier: str, state: str, seen: set[str]) -> list[str]:
    """Up and over, once each: the recorder looked twice a second and missed what was shorter."""
    events = []
    if identifier not in seen:
        seen.add(identifier)
        events.append("up")
    over = f"{identifier} over"
    if state in ("NOTREADY", "EXITED") and over not in seen:
        seen.add(over)
        events.append("over")
    return events


def by_kind(steps: list[Step]) -> list[Step]:
    """In the order of the subjects, since the recorder saw several changes at one time."""
    return sorted(steps, key=lambda step: step.what)
