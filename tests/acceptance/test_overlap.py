"""A pod that serves on while it ends answers the probe of the one that takes its place: that proves nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from tests.acceptance.conftest import IMAGE, NAME, Site
from tests.fakes.sshd import free_port

OLD, NEW = f"{NAME}-old", f"{NAME}-new"


def template(name: str, folder: str, port: int) -> str:
    """A pod whose server dies with it, which the second of two on one port does at once."""
    serve = (
        f"trap '' TERM; mkdir -p {folder}; echo {name} > {folder}/index.html;"
        f" busybox httpd -f -p 127.0.0.1:{port} -h {folder} & while :; do sleep 1; done"
    )
    probe = f"{{httpGet: {{host: 127.0.0.1, port: {port}, path: /}}, periodSeconds: 1, failureThreshold: 2}}"
    return f"""\
apiVersion: v1
kind: Pod
metadata:
  name: {name}
spec:
  hostNetwork: true
  terminationGracePeriodSeconds: 6
  containers:
    - name: main
      image: {IMAGE}
      imagePullPolicy: IfNotPresent
      command: [sh, -c, "{serve}"]
      readinessProbe: {probe}
      resources:
        requests: {{cpu: 10m, memory: 16Mi}}
"""


def wants(site: Site, **static_pods: str) -> None:
    variables = {"all": {"vars": {"static_pods": static_pods}}}
    (site.folder / "inventory" / "zz-acceptance.yaml").write_text(json.dumps(variables))


@pytest.fixture
def overlapping(site: Site, tmp_path) -> Iterator[Site]:
    port = free_port()
    for name in (OLD, NEW):
        path = site.folder / "templates" / "manifests" / f"{name}.yaml.j2"
        path.write_text(template(name, str(tmp_path / name), port))
    wants(site, **{OLD: "present", NEW: "absent"})
    yield site
    assert site.podwright("manifest", "remove", OLD, NEW, "-y").code == 0


def push(site: Site):
    chosen = ("-l", site.nodes[0].name, "--only", OLD, "--only", NEW)
    return site.podwright("manifest", "push", "-y", *chosen, "-o", "json", "--timeout", "30")


def test_what_answered_for_a_pod_was_the_one_before_it(overlapping: Site) -> None:
    first = push(overlapping)
    assert first.code == 0, first.err
    wants(overlapping, **{OLD: "absent", NEW: "present"})
    answer = push(overlapping)
    assert answer.code == 1, answer.err
    proven = {pod["pod"]: pod["proven"] for pod in answer.document["nodes"][0]["pods"]}
    node = overlapping.nodes[0].name
    assert proven == {f"default/{NEW}-{node}": False, f"default/{OLD}-{node}": True}
    assert f"`default/{NEW}-{node}` is not proven ready" in answer.err
