"""A push that fails goes back to what ran before, and serves; without evidence nothing goes back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from tests.acceptance.conftest import IMAGE, NAME, Answer, Site

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
      image: {{{{ back_image | default("{IMAGE}") }}}}
      imagePullPolicy: {{{{ back_policy | default("IfNotPresent") }}}}
      command: [/bin/sh, -c, "{{{{ back_command }}}}"]
      readinessProbe: {{{{ back_probe | default("null") }}}}
      resources:
        requests: {{cpu: 10m, memory: 16Mi}}
"""
SERVES = "trap 'exit 0' TERM; while :; do sleep 1; done"
CRASHES = "echo broken {}; exit 3"
GONE = {"back_image": "example.com/nowhere:1", "back_policy": "Never"}


@pytest.fixture
def pushing(site: Site) -> Iterator[Site]:
    (site.folder / "templates" / "manifests" / f"{NAME}.yaml.j2").write_text(TEMPLATE)
    yield site
    (site.folder / "inventory" / "zz-acceptance.yaml").unlink()
    site.greet("hello")


def push(site: Site, *arguments: str, command: str = SERVES, environment=(), **changed: str) -> Answer:
    variables = {"static_pods": {NAME: "present"}, "back_command": command, **changed}
    (site.folder / "inventory" / "zz-acceptance.yaml").write_text(json.dumps({"all": {"vars": variables}}))
    chosen = ("-l", site.nodes[0].name, "--only", NAME, "-y", "--hold", "1", "-o", "json", *arguments)
    return site.podwright("manifest", "push", *chosen, **dict(environment))


def outcomes(site: Site) -> list[str]:
    """Of the file's revisions, the newest first."""
    answer = site.podwright("manifest", "history", NAME, "-l", site.nodes[0].name, "-o", "json")
    return [entry["outcome"] for entry in answer.document["nodes"][0]["revisions"]]


def text_of(site: Site) -> str:
    node = site.nodes[0]
    return site.shell(node, f"cat {site.folder_of(node)}/{NAME}.yaml")


@pytest.mark.parametrize(
    ("number", "changed", "words"),
    [(1, {}, "crash-loops"), (2, GONE, "ErrImageNeverPull")],
    ids=["crash-loop", "no-image"],
)
def test_what_failed_goes_back_serves_and_is_refused_from_then_on(
    pushing: Site, number, changed, words
) -> None:
    good = f"{SERVES} # {number}"
    bad = {"command": CRASHES.format(number), **changed}
    assert push(pushing, command=good).code == 0
    answer = push(pushing, **bad)
    [node] = answer.document["nodes"]
    assert (answer.code, node["status"]) == (1, "failed")
    assert words in answer.err
    assert "was rolled back to revision" in answer.err
    assert [entry["proven"] for entry in node["reverted"]] == [True]
    assert f"# {number}" in text_of(pushing)
    status = pushing.statuses()[node["node"]]
    assert (status["sandbox"], status["mirror"]) == ("running 1/1", "Ready")
    assert outcomes(pushing)[:3] == ["good", "reverted", "good"]
    again = push(pushing, **bad)
    assert (again.code, again.document["nodes"][0]["status"]) == (1, "refused")
    assert "`--retry` tries the same content once more" in again.err
    assert push(pushing, "--retry", **bad).document["nodes"][0]["reverted"]
    assert f"# {number}" in text_of(pushing)


def test_a_pod_whose_probe_had_all_its_time_goes_back(pushing: Site) -> None:
    good = f"{SERVES} # probed"
    assert push(pushing, command=good).code == 0
    probe = "{tcpSocket: {port: 1}, periodSeconds: 1, failureThreshold: 3}"
    answer = push(pushing, "--timeout", "40", command=good, back_probe=probe)
    [node] = answer.document["nodes"]
    assert (answer.code, [entry["proven"] for entry in node["reverted"]]) == (1, [True])
    assert "`main` is not ready" in answer.err
    assert "tcpSocket" not in text_of(pushing)


def test_while_the_api_is_down_nothing_goes_back(pushing: Site) -> None:
    assert push(pushing).code == 0
    down = pushing.folder / "down"
    down.write_text(re.sub(r"(https?://[^:\s]+):[0-9]+", r"\1:1", pushing.kubeconfig.read_text()))
    answer = push(pushing, command=CRASHES.format("down"), environment={"KUBECONFIG": str(down)})
    [node] = answer.document["nodes"]
    assert (answer.code, node["reverted"]) == (1, [])
    assert "stays as it was written: not every source could be asked" in answer.err
    assert "broken down" in text_of(pushing)


@pytest.mark.parametrize("choice", ["keep", "remove"])
def test_a_new_pod_that_fails_stays_or_goes_as_is_wanted(pushing: Site, choice: str) -> None:
    answer = push(pushing, "--on-first-failure", choice, command=CRASHES.format(choice))
    [node] = answer.document["nodes"]
    assert answer.code == 1
    assert [entry["proven"] for entry in node["reverted"]] == ([True] if choice == "remove" else [])
    assert (node["node"] in pushing.statuses()) is (choice == "keep")
