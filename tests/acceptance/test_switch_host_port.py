"""Two pods of one plan on one port of the node: the kubelet would refuse the new one for ever while the old one ends."""

from __future__ import annotations

import json

import pytest
from tests.acceptance.conftest import IMAGE, NAME, Site

OLD, NEW = f"{NAME}-old", f"{NAME}-new"


def template(name: str, port: int = 18443) -> str:
    return f"""\
apiVersion: v1
kind: Pod
metadata:
  name: {name}
spec:
  terminationGracePeriodSeconds: 2
  containers:
    - name: main
      image: {IMAGE}
      imagePullPolicy: IfNotPresent
      command: ["/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1 & wait $!; done"]
      ports: [{{containerPort: 8443, hostPort: {port}}}]
      resources:
        requests: {{cpu: 10m, memory: 16Mi}}
"""


def wants(site: Site, **static_pods: str) -> None:
    variables = {"all": {"vars": {"static_pods": static_pods}}}
    (site.folder / "inventory" / "zz-acceptance.yaml").write_text(json.dumps(variables))


@pytest.fixture
def switching(site: Site):
    templates = site.folder / "templates" / "manifests"
    for name in (OLD, NEW):
        (templates / f"{name}.yaml.j2").write_text(template(name))
    wants(site, **{OLD: "present", NEW: "absent"})
    yield site
    assert site.podwright("manifest", "remove", OLD, NEW, "-y").code == 0


def push(site: Site, *arguments: str):
    node = site.nodes[0].name
    return site.podwright(
        "manifest", "push", "-l", node, "--only", OLD, "--only", NEW, "-o", "json", *arguments
    )


def test_a_port_goes_from_one_pod_to_another_in_one_push(switching: Site) -> None:
    assert push(switching, "-y").code == 0
    wants(switching, **{OLD: "absent", NEW: "present"})
    planned = push(switching, "--dry-run").document["nodes"][0]["changes"]
    assert [(change["stage"], change["action"], change["file"]) for change in planned] == [
        (1, "delete", f"{OLD}.yaml"),
        (2, "create", f"{NEW}.yaml"),
    ]
    answer = push(switching, "-y")
    assert answer.code == 0, answer.err
    [node] = answer.document["nodes"]
    assert [(entry["file"], entry["what"]) for entry in node["applied"]] == [
        (f"{OLD}.yaml", "deleted"),
        (f"{NEW}.yaml", "written"),
    ]
    assert [(pod["expected"], pod["proven"]) for pod in node["pods"]] == [("gone", True), ("ready", True)]
    assert push(switching, "-y").document["nodes"][0]["status"] == "unchanged"
    assert switching.podwright("drift", "check", "--only", NEW, "--quiet", "-l", node["node"]).out == ""
