"""Drift in situations that were recorded of a real kubelet and API: what these answered, and the kinds that it is.

The manifests were not podwright's. Here they lie in the folder as podwright writes them, and what ran of each has its stamp;
everything else is as crictl and the API showed it, at the time that the node's clock had then.
"""

from __future__ import annotations

import gzip
import json
import os
from functools import cache
from pathlib import Path

import pytest
from tests.fakes.copies import replace
from tests.fakes.kubelets import show_processes
from tests.fakes.shell_host import stand_in

from podwright.inventory.node import NodeSettings
from podwright.manifests.manifest import Manifest
from podwright.manifests.workload import Workload
from podwright.operations.desired import Desired
from podwright.operations.drift import check_drift
from podwright.operations.world import Settings
from podwright.plan.admission import Refusal
from podwright.pods.pod_ref import PodRef
from podwright.remote.kube.objects import mirror_pod

RECORDED = Path(__file__).parents[2] / "recorded"
HOUR = 3600


@cache
def situations() -> dict[tuple[str, str], str]:
    with gzip.open(RECORDED / "drift" / "situations.jsonl.gz", "rt") as lines:
        return {(one["recording"], one["label"]): line for line in lines if (one := json.loads(line))}


def manifest(recording: str, file_name: str, source: str) -> Manifest:
    text = (RECORDED / "conformance" / recording / source).read_text()
    return Manifest.parse(Workload(*file_name.removesuffix(".yaml").split(".")), text)


def told(site, recording: str, label: str, later: float, names: tuple[str, ...] | None) -> list[str]:
    """The kinds of what is found and, in brackets, of what does not count."""
    one = json.loads(situations()[recording, label])
    for name, (source, mtime) in one["files"].items():
        path = site.folder / name
        if "bad" in source:
            path.write_text((RECORDED / "conformance" / recording / source).read_text())
        else:
            of = name.strip(".").partition(".yaml")[0]
            path.write_text(manifest(recording, of, source).text(1))
        path.chmod(0o600)
        os.utime(path, (mtime, mtime))
    ran = {uid: manifest(recording, "any.yaml", source) for uid, source in one["ran"].items()}
    for pod in one["pods"]:
        _stamp(pod["annotations"], ran[pod["metadata"]["uid"]])
    for pod in one["mirrors"]:
        annotations = pod["metadata"]["annotations"]
        _stamp(annotations, ran[annotations["kubernetes.io/config.mirror"]])
    (site.root / "pods").write_text(json.dumps({"items": one["pods"]}))
    (site.root / "ps").write_text(json.dumps({"containers": one["containers"]}))
    site.mirrors.pods = {(shown := mirror_pod(pod)).ref: shown for pod in one["mirrors"]}
    site.mirrors.refused = {
        PodRef(*pod.split("/")): (at, Refusal("u", text)) for pod, (at, text) in one["refused"].items()
    }
    stand_in(site.host.bin, "date", f"echo {one['at'] + later:.3f}")
    if "kubelet down" in label:
        show_processes(site.host.proc, [])
    wanted = names if names is not None else [name for name in one["files"] if name.endswith(".yaml")]
    sources = {name: one["files"].get(name, ["app.yaml"])[0].replace("-bad", "") for name in wanted}
    desired = tuple(manifest(recording, name, source) for name, source in sources.items() if name[0] != ".")
    settings = NodeSettings(node_name=one["node"], manifest_dir=str(site.folder))
    node = replace(site.node, name=one["node"], settings=settings)
    report = check_drift((Desired(node, desired, owner=""),), site.world, Settings())
    [result] = report.nodes
    return [
        *(f"{finding.drift.value} {finding.subject}" for finding in result.value.findings),
        *(f"({entry.finding.drift.value} {entry.finding.subject})" for entry in result.value.excused),
    ]


def _stamp(annotations: dict[str, str], of: Manifest) -> None:
    annotations |= {"podwright.dev/digest": of.digest, "podwright.dev/generation": "1"}


@pytest.mark.parametrize(
    ("recording", "label", "later", "kinds"),
    [
        ("01-first-push", "running", HOUR, []),
        ("02-update-spec", "after", HOUR, []),
        ("03-delete-mirror-force", "after", 0, ["(mirror-missing default/app-n2)"]),
        ("03-delete-mirror-force", "after", HOUR, ["mirror-missing default/app-n2"]),
        ("03-edit-mirror", "after 70 s", HOUR, []),
        ("03b-delete-mirror-force-wait", "after", HOUR, []),
        (
            "05-rm-kubelet-down",
            "kubelet down, 12 s after rm",
            HOUR,
            ["kubelet-down kubelet", "pod-orphaned default/app-n2"],
        ),
        (
            "05b-update-kubelet-down",
            "kubelet down",
            0,
            ["kubelet-down kubelet", "(pod-stale default/app-n2)", "(mirror-stale default/app-n2)"],
        ),
        (
            "05b-update-kubelet-down",
            "kubelet down",
            HOUR,
            ["kubelet-down kubelet", "pod-stale default/app-n2", "mirror-stale default/app-n2"],
        ),
        (
            "06-push-kubelet-down",
            "kubelet down, 8 s after push",
            HOUR,
            ["kubelet-down kubelet", "pod-not-running default/app-n2", "mirror-missing default/app-n2"],
        ),
        (
            "07-api-down",
            "22 s into the outage",
            HOUR,
            [
                "mirror-stale default/upd-n2",
                "mirror-missing default/new-n2",
                "mirror-orphaned default/old-n2",
            ],
        ),
        (
            "08-invalid-yaml-over-running",
            "14 s later (before the tick)",
            HOUR,
            ["file-ignored app.yaml", "pod-orphaned default/app-n2"],
        ),
        (
            "08b-invalid-pod-over-running",
            "after the tick",
            HOUR,
            ["file-ignored app.yaml", "pod-not-running default/app-n2"],
        ),
        ("11b-copy-bak", "after the tick", HOUR, ["pod-duplicate app.yaml"]),
        (
            "11b-copy-bak",
            "copy removed",
            HOUR,
            ["pod-not-running default/app-n2", "mirror-missing default/app-n2"],
        ),
        ("11d-copy-dotfile", "after the tick", HOUR, []),
        (
            "12b-duplicate-different-spec",
            "12 s after rm of b.yaml",
            HOUR,
            ["pod-not-running default/dup-n2", "mirror-missing default/dup-n2"],
        ),
        (
            "12b-duplicate-different-spec",
            "a.yaml and b.yaml after the tick",
            HOUR,
            ["pod-duplicate a.yaml", "pod-duplicate b.yaml"],
        ),
        ("14-missing-namespace", "75 s later", HOUR, ["mirror-missing later/app-n2"]),
        ("15-image-missing", "end", HOUR, ["pod-not-running default/app-n2"]),
        ("15c-crashloop", "end", HOUR, ["pod-crash-looping default/app-n2"]),
        ("15d-readiness-failing", "end", 0, ["(pod-not-ready default/app-n2)"]),
        ("15d-readiness-failing", "end", HOUR, ["pod-not-ready default/app-n2"]),
        ("15e-init-failing", "end", HOUR, ["pod-crash-looping default/app-n2"]),
        ("15f-command-missing", "end", HOUR, ["pod-crash-looping default/app-n2"]),
        ("15g-restart-never-exit", "end", HOUR, []),
        ("15h-oneshot-onfailure", "end", HOUR, ["pod-crash-looping default/app-n2"]),
        ("15j-liveness-failing", "end", HOUR, ["pod-crash-looping default/app-n2"]),
        (
            "18-hostport-conflict",
            "both files there",
            0,
            ["pod-not-running default/pb-n2", "port-taken pb.yaml", "(mirror-missing default/pb-n2)"],
        ),
        (
            "18-hostport-conflict",
            "both files there",
            HOUR,
            ["pod-not-running default/pb-n2", "mirror-missing default/pb-n2", "port-taken pb.yaml"],
        ),
        (
            "18b-out-of-cpu",
            "update that does not fit",
            0,
            ["pod-not-running default/app-n2", "(mirror-stale default/app-n2)"],
        ),
        (
            "18b-out-of-cpu",
            "update that does not fit",
            HOUR,
            ["pod-not-running default/app-n2", "mirror-stale default/app-n2"],
        ),
        ("20-node-object-deleted", "late.yaml pushed", HOUR, ["mirror-missing default/late-n2"]),
        ("23-name-changed", "before the tick", HOUR, ["pod-orphaned default/first-n3"]),
        ("27-rm-and-push-again-while-terminating", "8 s after rm", HOUR, []),
        ("32-surge-side-by-side", "both run", HOUR, []),
    ],
)
def test_each_recorded_situation_has_its_name(site, recording, label, later, kinds) -> None:
    """At that time, or if it were so an hour later, when nothing is about to start any more."""
    assert told(site, recording, label, later, None) == kinds


def test_a_bad_file_that_the_inventory_does_not_name_is_one_that_the_kubelet_ignores(site) -> None:
    found = told(site, "08b-invalid-pod-over-running", "after the tick", 0, ())
    assert found == ["file-ignored app.yaml"]
