"""The judge agrees with a real kubelet and API server v1.36 on every manifest that was recorded."""

import csv
import gzip
from fractions import Fraction
from pathlib import Path

import pytest
from tests.fakes.copies import replace

from podwright.validation.folder import Entry, judge_folder
from podwright.validation.judge import judge
from podwright.validation.node_and_cluster import NOTHING_KNOWN, Surroundings

RECORDED = Path(__file__).parents[2] / "recorded/verdicts"
KUBELET = {"yes": "accepts", "no": "rejects", "ignored": "ignores"}
MIRROR = {"yes": "accepts", "no": "rejects"}

# the node and the cluster of the recordings
RIG = Surroundings(
    namespaces=frozenset(["default", "kube-system", "kube-public", "kube-node-lease"]),
    priority_classes={"system-node-critical": 2_000_001_000, "system-cluster-critical": 2_000_000_000},
    runtime_classes=frozenset(),
    node_labels={"kubernetes.io/hostname": "n3", "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"},
    allocatable={
        "cpu": Fraction(2),
        "memory": Fraction(24 * 2**30),
        "ephemeral-storage": Fraction(200 * 2**30),
    },
    network_ready=False,
    node_registered=True,
)
# what the experiments had done before these manifests came: part of the question, not of the answer
NODE_DELETED_BEFORE = {"20-node-object-deleted/app-2.yaml", "20-node-object-deleted/late.yaml"}
LAY_THERE_BEFORE = {"18-hostport-conflict/pb.yaml": "18-hostport-conflict/pa.yaml"}


def rows():
    with (RECORDED / "verdicts.tsv").open(newline="") as table:
        return list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))


def content(manifest):
    path = RECORDED / manifest
    data = path.read_bytes()
    return (
        (gzip.decompress(data), path.name.removesuffix(".gz")) if path.suffix == ".gz" else (data, path.name)
    )


def judged_where_it_lay(manifest):
    known = replace(RIG, node_registered=manifest not in NODE_DELETED_BEFORE)
    data, name = content(manifest)
    entries = [Entry(name, data)]
    if manifest in LAY_THERE_BEFORE:
        other, other_name = content(LAY_THERE_BEFORE[manifest])
        entries.append(Entry(other_name, other))
    verdicts = judge_folder(entries, node_name="n3", kubernetes_version="1.36", known=known)
    return next(one for one in verdicts if one.file == name)


def test_the_judge_agrees_with_every_recorded_verdict(record_property):
    table = rows()
    wrong = []
    for row in table:
        verdict = judged_where_it_lay(row["manifest"])
        if (verdict.kubelet, verdict.mirror) != (KUBELET[row["accepted"]], MIRROR[row["mirror"]]):
            wrong.append((row["manifest"], row["message"], verdict.kubelet, verdict.mirror))
    agree = f"{len(table) - len(wrong)}/{len(table)} agree"
    record_property("summary", f"recorded verdicts, knowing the node: {agree}")
    assert wrong == []


def test_from_the_file_alone_the_kubelet_is_never_misjudged_and_the_mirror_only_left_open(record_property):
    table, wrong, left_open = rows(), [], 0
    for row in table:
        data, name = content(row["manifest"])
        verdict = judge(data, file_name=name)
        left_open += verdict.mirror == "unknown"
        if verdict.kubelet != KUBELET[row["accepted"]]:
            wrong.append((row["manifest"], row["message"], verdict.kubelet))
        elif (
            verdict.mirror not in {"unknown", MIRROR[row["mirror"]]}
            and row["manifest"] not in NODE_DELETED_BEFORE | LAY_THERE_BEFORE.keys()
        ):
            wrong.append((row["manifest"], row["message"], verdict.mirror))
    agree = f"{len(table) - len(wrong)}/{len(table)} agree, {left_open} mirrors depend on the cluster"
    record_property("summary", f"recorded verdicts, from the file alone: {agree}")
    assert wrong == []
    assert left_open < 20


@pytest.mark.parametrize(
    "row", [row for row in rows() if row["accepted"] == "no"], ids=lambda row: row["manifest"]
)
def test_every_refusal_says_why_and_where(row):
    data, name = content(row["manifest"])
    errors = [finding for finding in judge(data, file_name=name).findings if finding.severity == "error"]
    assert errors
    assert all(finding.message for finding in errors)


def test_the_recorded_field_paths_are_the_judges():
    """The kubelet names the field it refuses; the judge's first error is at the same one or inside it."""
    named = [row for row in rows() if row["message"].startswith("invalid pod: [")]
    for row in named:
        field = row["message"].removeprefix("invalid pod: [").split(":", 1)[0]
        data, name = content(row["manifest"])
        paths = [
            finding.path for finding in judge(data, file_name=name).findings if finding.severity == "error"
        ]
        head = field.split(".schedulingGates")[0].split(".nodeName")[0]
        assert any(path.startswith(head) or head.startswith(path) for path in paths), (row["manifest"], paths)


def test_nothing_known_is_the_default():
    assert Surroundings() == NOTHING_KNOWN
