"""Facts and checks over real connections: they work for any login, and say what it could not see."""

from __future__ import annotations

from jsonschema import Draft202012Validator
from tests.acceptance.conftest import Site


def schema(site: Site, kind: str) -> Draft202012Validator:
    return Draft202012Validator(site.podwright("schema", kind).document)


def test_facts_of_every_node(site: Site) -> None:
    answer = site.podwright("node", "facts", "-o", "json")
    assert answer.code == 0, answer.err
    schema(site, "NodeFacts").validate(answer.document)
    for node in answer.document["nodes"]:
        facts = node["facts"]
        assert facts["kubelet"]["running"] is True
        assert isinstance(facts["kubelet"]["staticPodPath"], str)
        assert isinstance(facts["memoryBytes"], int)
        if facts["login"] != "0":
            assert facts["limits"]["inotifyInstances"] == {"unknown": "only root sees all of them"}


def test_a_part_of_one_node(site: Site) -> None:
    name = site.nodes[0].name
    answer = site.podwright("node", "facts", name, "kubelet.config", "-o", "json")
    [node] = answer.document["nodes"]
    assert node["node"] == name
    assert "staticPodPath" in node["parts"]["kubelet.config"]


def test_every_node_is_checked(site: Site) -> None:
    profiles = ("--profile", "static-pods", "--profile", "cis")
    # without templates: the site's own pods are not of interest
    answer = site.podwright("node", "check", *profiles, "-o", "json", PODWRIGHT_TEMPLATES="")
    assert answer.code in (0, 3, 4), answer.err
    schema(site, "NodeChecks").validate(answer.document)
    for node in answer.document["nodes"]:
        results = {entry["check"]: entry["result"] for entry in node["checks"]}
        assert results["kubelet-running"] == results["static-pod-folder"] == "pass"
        assert results["runtime-answers"] == "pass"
        assert all(entry["seen"] for entry in node["checks"])
