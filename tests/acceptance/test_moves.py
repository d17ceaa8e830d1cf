"""A pod that runs on one node at a time leaves one for another."""

from __future__ import annotations

import json

from tests.acceptance.conftest import NAME, Site


def belongs_on(site: Site, *nodes: str) -> None:
    """Says once for all that it is single; where it is to run, each node says."""
    single = {NAME: {"state": "absent", "podwright_single": True}}
    hosts = {name: {"static_pods": {NAME: "present"}} for name in nodes}
    variables = {"all": {"vars": {"static_pods": single, "acceptance_greeting": "hello"}, "hosts": hosts}}
    (site.folder / "inventory" / "zz-acceptance.yaml").write_text(json.dumps(variables))


def push(site: Site, *arguments: str):
    return site.podwright("manifest", "push", "-y", "--only", NAME, "-o", "json", *arguments)


def test_a_single_pod_is_gone_from_one_node_before_it_is_on_another(site: Site) -> None:
    old, new, other = (node.name for node in site.nodes)
    belongs_on(site, old)
    assert push(site).code == 0
    belongs_on(site, new)

    limited = push(site, "-l", new)
    assert limited.code == 1
    assert f"the API shows it on {old}, which was not observed" in limited.err
    assert set(site.statuses()) == {old}

    moved = push(site)
    assert moved.code == 0, moved.err
    status = {node["node"]: node["status"] for node in moved.document["nodes"]}
    assert status == {old: "changed", new: "changed", other: "unchanged"}
    assert set(site.statuses()) == {new}

    belongs_on(site, old, new)
    twice = push(site)
    assert twice.code == 1
    assert f"`{NAME}.yaml` is to run on one node at a time, and 2 want it: {old}, {new}" in twice.err
