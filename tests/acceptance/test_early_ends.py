"""Pods that waiting cannot heal: warned of before the old pod ends, if the node can tell, and given up early."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.acceptance.conftest import IMAGE, NAME, Answer, Site

#: seconds that such a pod would be waited for at least if nothing ended that
WHOLE = 150
TEMPLATE = f"""\
apiVersion: v1
kind: Pod
metadata:
  name: {NAME}
spec:
  hostNetwork: true
  terminationGracePeriodSeconds: 2
  containers:
    - name: main
      image: {{{{ early_image | default("{IMAGE}") }}}}
      imagePullPolicy: {{{{ early_policy | default("IfNotPresent") }}}}
      command: [/bin/sh, -c, "{{{{ early_command | default("trap 'exit 0' TERM; while :; do sleep 1; done") }}}}"]
      volumeMounts: [{{name: host, mountPath: /host}}]
      resources:
        requests: {{cpu: "{{{{ early_cpu | default('10m') }}}}", memory: 16Mi}}
  volumes:
    - name: host
      hostPath: {{path: "{{{{ early_path | default('/tmp') }}}}", type: Directory}}
"""


@pytest.fixture
def running(site: Site) -> Iterator[Site]:
    """A pod that is well; the next push of it changes one thing."""
    (site.folder / "templates" / "manifests" / f"{NAME}.yaml.j2").write_text(TEMPLATE)
    assert push(site).code == 0
    yield site
    (site.folder / "inventory" / "zz-acceptance.yaml").unlink()
    site.greet("hello")


def push(site: Site, **changed: str) -> Answer:
    variables = {"all": {"vars": {"static_pods": {NAME: "present"}, **changed}}}
    (site.folder / "inventory" / "zz-acceptance.yaml").write_text(json.dumps(variables))
    chosen = ("-l", site.nodes[0].name, "--only", NAME)
    return site.podwright("manifest", "push", "-y", *chosen, "-o", "json")


@pytest.mark.parametrize(
    ("changed", "warning", "words"),
    [
        (
            {"early_image": "example.com/nowhere:1", "early_policy": "Never"},
            "the image `example.com/nowhere:1` is not on the node, and `imagePullPolicy: Never`",
            "ErrImageNeverPull",
        ),
        (
            {"early_image": "registry.invalid/nowhere:1"},
            "the image `registry.invalid/nowhere:1` is not on the node: nothing runs while it is pulled",
            "ErrImagePull",
        ),
        (
            {"early_path": "/no/such/folder"},
            "`/no/such/folder` is missing, and `type: Directory` wants it: the pod will not start",
            "the kubelet cannot mount the volumes of",
        ),
        ({"early_command": "echo broken; exit 3"}, "", "container `main` printed: broken"),
    ],
    ids=["never-pulled", "not-pullable", "host-path", "crash-loop"],
)
def test_a_pod_that_cannot_become_well_is_given_up_early(running: Site, changed, warning, words) -> None:
    answer = push(running, **changed)
    [node] = answer.document["nodes"]
    assert answer.code == 1
    assert words in answer.err
    assert any(warning in told for told in node["warnings"]) is bool(warning)
    assert node["seconds"] < WHOLE / 2


def test_a_dry_run_shows_the_warnings_and_a_push_without_changes_none(running: Site) -> None:
    assert push(running).document["nodes"][0]["warnings"] == []
    variables = {"static_pods": {NAME: "present"}, "early_path": str(Path(__file__))}
    (running.folder / "inventory" / "zz-acceptance.yaml").write_text(json.dumps({"all": {"vars": variables}}))
    chosen = ("-l", running.nodes[0].name, "--only", NAME)
    answer = running.podwright("manifest", "push", "--dry-run", *chosen)
    assert f"`{__file__}` is not a directory, and `type: Directory` wants it" in answer.err
