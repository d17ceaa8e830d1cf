"""What kubeadm put on nodes becomes a template, is adopted without another change, and is given up again."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.acceptance.conftest import IMAGE, NAME, TEMPLATE, Answer, Site

from podwright.inventory.node import Node

pytestmark = pytest.mark.timeout(300)

#: as kubeadm writes it: comments, an empty status, times, quoted text, a value that differs by node in three places
KUBEADM = f"""\
# made by kubeadm
apiVersion: v1
kind: Pod
metadata:
  annotations:
    kubeadm.kubernetes.io/{NAME}.advertise-address.endpoint: ADDRESS:16443
  creationTimestamp: null
  labels:
    component: {NAME}
    tier: control-plane
  name: {NAME}
  namespace: default
spec:
  containers:
  - command:
    - /bin/sh
    - -c
    - "trap 'exit 0' TERM; while :; do sleep 1 & wait $!; done"
    - --advertise-address=ADDRESS
    - --etcd-servers=https://ADDRESS:2379
    - --v={{{{.Level}}}}
    image: {IMAGE}
    imagePullPolicy: IfNotPresent
    name: main
    resources:
      requests:
        cpu: 0.01
  hostNetwork: true
  priorityClassName: system-node-critical
  terminationGracePeriodSeconds: 2
status: {{}}
"""


#: a network for each test: the kubelet backs off from a pod that comes again with a uid, which is made of its content
NETWORKS = itertools.count(30)


def put(site: Site, node: Node, text: str) -> None:
    path = f"{site.folder_of(node)}/{NAME}.yaml"
    site.shell(node, f"cat > {path} <<'END'\n{text}END\nchmod 0600 {path}")


@pytest.fixture
def kubeadm(site: Site, tmp_path: Path) -> Iterator[Site]:
    """The site's nodes as kubeadm left them."""
    (site.folder / "templates" / "manifests" / f"{NAME}.yaml.j2").unlink()
    network = next(NETWORKS)
    for number, node in enumerate(site.nodes, 1):
        put(site, node, KUBEADM.replace("ADDRESS", f"10.20.{network}.{number}"))
    yield site
    # what was pulled
    for file in (site.folder / "inventory").glob(f"host_vars/*/{NAME}*"):
        file.unlink()


def test_what_was_pulled_and_pushed_changes_nothing_and_only_an_adoption_marks_it(kubeadm: Site) -> None:
    def lies_there() -> list[str]:
        paths = [(node, f"{kubeadm.folder_of(node)}/{NAME}.yaml") for node in kubeadm.nodes]
        return [kubeadm.shell(node, f"cat {path}; stat -c '%i %Y %Z %a' {path}") for node, path in paths]

    before = lies_there()
    pulled = kubeadm.podwright("manifest", "pull", NAME, "-o", "json")
    assert pulled.code == 0, pulled.err
    states = [file["state"] for file in pulled.document["files"]]
    assert states == ["written"] * (1 + len(kubeadm.nodes))
    validated = kubeadm.podwright("manifest", "validate", "--only", NAME)
    assert validated.code == 0, validated.out + validated.err
    for options in (["--dry-run", "--exit-code"], ["-y", "--hold", "0", "--all-at-once"]):
        pushed = kubeadm.podwright("manifest", "push", "--only", NAME, *options, "-o", "json")
        assert pushed.code == 0, pushed.err
        assert {node["status"] for node in pushed.document["nodes"]} == {"unchanged"}
        [change] = pushed.document["nodes"][0]["changes"]
        assert (change["action"], change["reason"]) == ("keep", "the same pod, not managed by podwright")
        assert f"`podwright manifest adopt {NAME} --no-restart` takes it over" in pushed.err
    assert all(pod["proven"] for node in pushed.document["nodes"] for pod in node["pods"])
    assert lies_there() == before
    removed = kubeadm.podwright("manifest", "remove", NAME, "--dry-run", "-o", "json")
    assert {node["status"] for node in removed.document["nodes"]} == {"conflict"}
    plan = kubeadm.podwright("manifest", "adopt", NAME, "--dry-run")
    changed = {
        line[1:].split(":")[0].strip(' "')
        for line in plan.out.splitlines()
        if line.startswith(("+", "-")) and not line.startswith(("+++", "---"))
    }
    assert changed == {
        *(f"podwright.dev/{mark}" for mark in ("digest", "generation", "workload", "managed"))
    }, plan.out
    adopted = kubeadm.podwright("manifest", "adopt", NAME, "-y", "--all-at-once", "--hold", "0")
    assert adopted.code == 0, adopted.err
    again = kubeadm.podwright("manifest", "push", "--only", NAME, "--dry-run", "-o", "json")
    assert {node["status"] for node in again.document["nodes"]} == {"unchanged"}, json.dumps(again.document)
    released = kubeadm.podwright(
        "manifest", "release", NAME, "-y", "--all-at-once", "--hold", "0", "-o", "json"
    )
    assert released.code == 0, released.err
    assert {node["status"] for node in released.document["nodes"]} == {"changed"}
    assert "podwright.dev" not in kubeadm.shell(
        kubeadm.nodes[0], f"cat {kubeadm.folder_of(kubeadm.nodes[0])}/{NAME}.yaml"
    )
    drift = kubeadm.podwright("drift", "check", "--only", NAME, "-o", "json")
    findings = [finding["drift"] for node in drift.document["nodes"] for finding in node["findings"]]
    assert findings == ["file-foreign"] * len(kubeadm.nodes), drift.out


def test_what_is_adopted_by_a_note_is_not_touched_until_it_changes(kubeadm: Site) -> None:
    nodes = {node.name: f"{kubeadm.folder_of(node)}/{NAME}.yaml" for node in kubeadm.nodes}
    assert kubeadm.podwright("manifest", "pull", NAME).code == 0

    def lies_there() -> list[str]:
        return [
            kubeadm.shell(node, f"cat {nodes[node.name]}; ls -i {nodes[node.name]}") for node in kubeadm.nodes
        ]

    def statuses(*words: str) -> set[str]:
        answer = kubeadm.podwright("manifest", *words, "-o", "json")
        assert answer.code == 0, answer.err
        return {node["status"] for node in answer.document["nodes"]}

    def found() -> list[str]:
        drift = kubeadm.podwright("drift", "check", "--only", NAME, "-o", "json")
        return [finding["drift"] for node in drift.document["nodes"] for finding in node["findings"]]

    before = lies_there()
    assert found() == ["file-foreign"] * len(nodes)
    assert statuses("adopt", NAME, "--no-restart", "-y", "--all-at-once", "--hold", "0") == {"changed"}
    assert lies_there() == before
    assert found() == []
    assert statuses("push", "--only", NAME, "--dry-run") == {"unchanged"}
    assert statuses("adopt", NAME, "--no-restart", "-y", "--all-at-once", "--hold", "0") == {"unchanged"}
    assert statuses("release", NAME, "-y", "--all-at-once", "--hold", "0") == {"changed"}
    assert found() == ["file-foreign"] * len(nodes)
    assert statuses("adopt", NAME, "--no-restart", "-y", "--all-at-once", "--hold", "0") == {"changed"}
    template = kubeadm.folder / "templates" / "manifests" / f"{NAME}.yaml.j2"
    template.write_text(template.read_text().replace("component:", "changed: by-us\n    component:"))
    assert found() == ["file-changed"] * len(nodes)
    assert lies_there() == before
    assert statuses("push", "--only", NAME, "-y", "--all-at-once", "--hold", "0") == {"changed"}
    marked = lies_there()
    assert all("podwright.dev/digest" in text for text in marked)
    assert found() == []
    assert statuses("release", NAME, "--no-restart", "-y", "--all-at-once", "--hold", "0") == {"changed"}
    assert found() == ["file-foreign"] * len(nodes)
    assert statuses("adopt", NAME, "-y", "--all-at-once", "--hold", "0") == {"changed"}
    assert found() == []
    assert lies_there() == marked


def test_what_was_adopted_by_a_note_and_is_written_by_another_is_foreign_again(kubeadm: Site) -> None:
    assert kubeadm.podwright("manifest", "pull", NAME).code == 0
    adopted = kubeadm.podwright(
        "manifest", "adopt", NAME, "--no-restart", "-y", "--all-at-once", "--hold", "0"
    )
    assert adopted.code == 0, adopted.err
    put(kubeadm, kubeadm.nodes[0], KUBEADM.replace("ADDRESS", "10.20.3.9"))
    drift = kubeadm.podwright("drift", "check", "--only", NAME, "-o", "json")
    found = [finding["drift"] for node in drift.document["nodes"] for finding in node["findings"]]
    assert found == ["file-foreign"], drift.out


def test_the_first_change_after_an_adoption_by_a_note_goes_back_to_what_was_found(site: Site) -> None:
    node = site.nodes[0]
    template = site.folder / "templates" / "manifests" / f"{NAME}.yaml.j2"
    found = TEMPLATE.replace("{{ acceptance_greeting }}", f"by hand {next(NETWORKS)}")
    put(site, node, found)
    template.write_text(found)

    def run(*words: str) -> Answer:
        chosen = ("-l", node.name, "-y", "--hold", "1", "-o", "json")
        return site.podwright("manifest", *words, *chosen)

    def revisions() -> list[dict]:
        answer = site.podwright("manifest", "history", NAME, "-l", node.name, "-o", "json")
        return answer.document["nodes"][0]["revisions"]

    adopted = run("adopt", NAME, "--no-restart")
    assert (adopted.code, adopted.document["nodes"][0]["status"]) == (0, "changed"), adopted.err
    newest = revisions()[0]
    assert (newest["outcome"], newest["proof"]) == ("good", "file, sandbox, mirror")
    template.write_text(found.replace("while :", "exit 3; while :"))
    failed = run("push", "--only", NAME)
    assert failed.code == 1
    assert [entry["proven"] for entry in failed.document["nodes"][0]["reverted"]] == [True], failed.err
    assert f"was rolled back to revision {newest['revision']}, which is proven" in failed.err
    assert "exit 3" not in site.shell(node, f"cat {site.folder_of(node)}/{NAME}.yaml")
    assert [entry["outcome"] for entry in revisions()][:3] == ["good", "reverted", "good"]
    status = site.statuses()[node.name]
    assert (status["sandbox"], status["mirror"]) == ("running 1/1", "Ready")


def test_a_pod_that_crash_loops_is_taken_over_and_is_said_to_be_nothing_to_go_back_to(site: Site) -> None:
    node = site.nodes[0]
    found = TEMPLATE.replace("while :", f"exit 3; : {next(NETWORKS)}; while :")
    put(site, node, found)
    (site.folder / "templates" / "manifests" / f"{NAME}.yaml.j2").write_text(found)
    adopted = site.podwright(
        *("manifest", "adopt", NAME, "--no-restart", "-l", node.name, "-y", "--hold", "3", "-o", "json")
    )
    [told] = adopted.document["nodes"]
    assert (adopted.code, told["status"]) == (4, "changed"), adopted.err
    assert "taken over, but nothing goes back by itself if its next change fails: `default/" in adopted.err
    history = site.podwright("manifest", "history", NAME, "-l", node.name, "-o", "json").document
    assert history["nodes"][0]["revisions"][0]["outcome"] == "written"
