"""A pod that the kubelet refuses at admission: told at once, and tried again by the next push."""

from __future__ import annotations

import json
import time

import pytest
from tests.acceptance.conftest import IMAGE, NAME, Site

HOG, BIG = f"{NAME}-hog", f"{NAME}-big"


def template(name: str, cpu: str) -> str:
    return f"""\
apiVersion: v1
kind: Pod
metadata:
  name: {name}
spec:
  hostNetwork: true
  terminationGracePeriodSeconds: 2
  containers:
    - name: main
      image: {IMAGE}
      imagePullPolicy: IfNotPresent
      command: ["/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1 & wait $!; done"]
      resources:
        requests: {{cpu: "{cpu}", memory: 16Mi}}
"""


@pytest.fixture
def crowded(site: Site):
    """Two pods of which the node has room for one."""
    templates = site.folder / "templates" / "manifests"
    for name, cpu in ((HOG, "1900m"), (BIG, "1")):
        (templates / f"{name}.yaml.j2").write_text(template(name, cpu))
    variables = {"all": {"vars": {"static_pods": {HOG: "present", BIG: "present"}}}}
    (site.folder / "inventory" / "zz-acceptance.yaml").write_text(json.dumps(variables))
    yield site
    assert site.podwright("manifest", "remove", HOG, BIG, "-y").code == 0


def push(site: Site, name: str):
    return site.podwright("manifest", "push", "-l", site.nodes[0].name, "--only", name, "-y", "-o", "json")


def test_a_refusal_ends_the_wait_is_named_and_heals_with_the_next_push(crowded: Site) -> None:
    assert push(crowded, HOG).code == 0
    begun = time.monotonic()
    refused = push(crowded, BIG)
    assert refused.code == 1
    assert time.monotonic() - begun < 60
    assert f"the kubelet refused `default/{BIG}-" in refused.err
    assert "it does not try again by itself" in refused.err

    assert crowded.podwright("manifest", "remove", HOG, "-y", "-l", crowded.nodes[0].name).code == 0
    healed = push(crowded, BIG)
    assert healed.code == 0, healed.err
    [change] = healed.document["nodes"][0]["changes"]
    assert (change["action"], "the kubelet refused its pod" in change["reason"]) == ("update", True)
    assert push(crowded, BIG).document["nodes"][0]["status"] == "unchanged"
