"""What a real API server v1.36 was seen to do, object by object; the recordings are copies under tests/recorded."""

import csv
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml

from podwright_lab.api.api_error import ApiError
from podwright_lab.api.store import Store

RECORDED = Path(__file__).parents[3] / "recorded"
EXPERIMENTS = ("01-first-push", "03-delete-mirror", "03-delete-mirror-force", "03-edit-mirror")


def events_of(experiment):
    lines = (RECORDED / "api" / f"{experiment}.jsonl").read_text().splitlines()
    events = [json.loads(line) for line in lines]
    for event in events:
        event["object"]["metadata"].pop("managedFields", None)
    return events


def moment(text):
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z")


class Replay:
    """Does to a store what the kubelet and the operator did to the real one, by what became of it."""

    def __init__(self):
        self.now, self.uid = moment("2026-11-23T00:00:00Z"), "435af2fd-59bb-45dd-a588-f2c3b8847277"
        self.store = Store(now=lambda: self.now, new_uid=lambda: self.uid)
        self.store.create("nodes", {"metadata": {"name": "n2"}})
        self.last = None

    def step(self, event):
        target = event["object"]
        metadata = target["metadata"]
        if event["type"] == "ADDED":
            self.now, self.uid = moment(metadata["creationTimestamp"]), metadata["uid"]
            kept = {
                name: metadata[name]
                for name in ("name", "namespace", "labels", "annotations", "ownerReferences")
            }
            self.store.create("pods", {"metadata": kept, "spec": target["spec"]}, user="system:node:n2")
        elif metadata.get("deletionTimestamp"):
            self._delete(event)
        elif target["status"] != self.last["status"]:
            self.store.update_status(
                "pods", "default", metadata["name"], target["status"], user="system:node:n2"
            )
        else:
            self.store.update("pods", {**target, "metadata": {**metadata, "resourceVersion": ""}})
        self.last = target

    def _delete(self, event):
        metadata = event["object"]["metadata"]
        if event["type"] == "DELETED":
            return  # the delete with a grace of 0 before it has done this too
        grace = metadata["deletionGracePeriodSeconds"]
        if "deletionTimestamp" not in self.last["metadata"]:
            self.now = moment(metadata["deletionTimestamp"]) - timedelta(seconds=grace)
        asked = grace if grace == 0 else None
        user = "system:node:n2" if grace == 0 else "admin"
        self.store.delete("pods", "default", metadata["name"], grace_seconds=asked, user=user)


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_every_event_of_the_recording_comes_out_of_the_store_field_by_field(experiment):
    replay, recorded = Replay(), events_of(experiment)
    watch = replay.store.watch("pods")
    for event in recorded:
        replay.step(event)
    seen = watch.pending()
    assert [event.type for event in seen] == [event["type"] for event in recorded]
    for event, expected in zip(seen, recorded, strict=True):
        expected["object"]["metadata"]["resourceVersion"] = event.object["metadata"]["resourceVersion"]
        assert event.object == expected["object"]
        assert list(event.object) == list(expected["object"])
        assert list(event.object["metadata"]) == list(expected["object"]["metadata"])


def judged_rows():
    """Rows that were posted; not those of megabytes, which say something of the file only."""
    with (RECORDED / "verdicts" / "verdicts.tsv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["api"]]
    return [row for row in rows if not row["api"].startswith("-") and not row["manifest"].endswith(".gz")]


def posted(row, owner):
    """The mirror pod that was posted for a manifest; its text is read as YAML whatever the kubelet made of it."""
    path = RECORDED / "verdicts" / row["manifest"]
    pod = json.loads(json.dumps(next(yaml.safe_load_all(path.read_bytes())), default=str))
    metadata = pod.setdefault("metadata", {})
    metadata.pop("resourceVersion", None)
    metadata["name"] = f"{metadata.get('name', '')}-n3"
    metadata["annotations"] = (metadata.get("annotations") or {}) | {"kubernetes.io/config.mirror": "f00d"}
    reference = {"apiVersion": "v1", "kind": "Node", "name": "n3", "uid": owner, "controller": True}
    metadata["ownerReferences"] = [reference]
    if isinstance(pod.get("spec"), dict):
        pod["spec"]["nodeName"] = "n3"
    return pod


@pytest.mark.parametrize("row", judged_rows(), ids=lambda row: row["manifest"])
def test_a_mirror_is_answered_as_the_api_server_answered_it(row):
    store = Store()
    owner = store.create("nodes", {"metadata": {"name": "n3"}})["metadata"]["uid"]
    try:
        store.create("pods", posted(row, owner), user="system:node:n3")
        answer = "201"
    except ApiError as error:
        answer = f"{error.code} {error.message}"
    expected = row["api"].removesuffix("...")
    assert answer[: len(expected)] == expected if row["api"].endswith("...") else answer == expected
