"""A pod that the inventory no longer names: always told, removed only when asked."""

from __future__ import annotations

import json

import pytest
from tests.acceptance.conftest import NAME, Site

FILE = f"{NAME}.yaml"


class Team:
    """A repository of its own for the site's first nodes: nobody else's files are its orphans."""

    def __init__(self, site: Site, folder) -> None:
        self.site = site
        self.inventory = folder / "team.json"
        self.names = [node.name for node in site.nodes[:2]]

    def wants(self, *names: str, owner: str = "acceptance") -> None:
        """The test pod on these nodes."""
        hosts = {
            node.name: {
                **{
                    key: value
                    for key, value in node.variables.items()
                    if key.startswith(("ansible", "podwright"))
                },
                "ansible_ssh_private_key_file": node.connection.private_key_file,
                "static_pods": [NAME] if node.name in names else [],
                "podwright_owner": owner,
                "acceptance_greeting": "hello",
            }
            for node in self.site.nodes[:2]
        }
        self.inventory.write_text(json.dumps({"all": {"hosts": hosts}}))

    def run(self, *arguments: str):
        return self.site.podwright(*arguments, "-o", "json", PODWRIGHT_INVENTORY=str(self.inventory))

    def push(self, *arguments: str):
        return self.run("manifest", "push", *arguments)


@pytest.fixture
def team(site: Site, tmp_path) -> Team:
    return Team(site, tmp_path)


def changes(answer, node: str) -> dict[str, str]:
    return {
        entry["file"]: entry["action"]
        for result in answer.document["nodes"]
        for entry in result["changes"]
        if result["node"] == node
    }


def findings(answer, node: str) -> list[tuple[str, str]]:
    return [
        (entry["subject"], entry["drift"])
        for result in answer.document["nodes"]
        for entry in result["findings"]
        if result["node"] == node
    ]


def test_an_orphan_is_told_everywhere_and_goes_with_prune_alone(team: Team) -> None:
    one, two = team.names
    team.wants(one, two)
    assert team.push("-y").code == 0
    team.wants(one)
    dry = team.push("--dry-run")
    assert (dry.code, changes(dry, two)) == (0, {FILE: "orphan"})
    assert f"`{FILE}` is an orphan" in dry.err
    drift = team.run("drift", "check")
    assert (drift.code, findings(drift, two)) == (3, [(FILE, "file-orphaned")])
    status = team.run("manifest", "status").document["nodes"]
    assert {
        node["node"]: [pod["orphaned"] for pod in node["pods"] if pod["file"] == FILE] for node in status
    } == {
        one: [False],
        two: [True],
    }
    kept = team.push("-y")
    assert (kept.code, [node["applied"] for node in kept.document["nodes"]]) == (0, [[], []])

    team.wants(one, owner="another-team")
    assert FILE not in changes(team.push("--dry-run"), two)
    team.wants(one)
    refused = team.push("-y", "--prune")
    assert (refused.code, "would leave no pod of podwright on" in refused.err) == (1, True)
    assert two in team.site.statuses()
    pruned = team.push("-y", "--prune", "--prune-max", "1")
    assert pruned.code == 0, pruned.err
    result = pruned.document["nodes"][1]
    assert result["applied"] == [{"file": FILE, "what": "deleted"}]
    assert [(pod["expected"], pod["proven"]) for pod in result["pods"]] == [("gone", True)]
    assert two not in team.site.statuses()


def test_what_was_not_chosen_is_no_orphan(team: Team) -> None:
    one, two = team.names
    team.wants(one, two)
    assert team.push("-y", "--only", NAME).code == 0
    team.wants(two)
    assert changes(team.push("--only", NAME, "--dry-run"), one) == {}
    both = team.push("--only", NAME, "--prune", "-y")
    assert (both.code, "does not go with `--only`" in both.err) == (2, True)


def test_a_pod_that_moves_is_gone_from_one_node_before_the_other_gets_it(team: Team) -> None:
    one, two = team.names
    team.wants(two)
    assert team.push("-y").code == 0
    team.wants(one)
    answer = team.push("-y", "--prune", "--prune-max", "1")
    assert answer.code == 0, answer.err
    results = {result["node"]: result for result in answer.document["nodes"]}
    assert [entry["what"] for entry in results[two]["applied"]] == ["deleted"]
    assert [entry["what"] for entry in results[one]["applied"]] == ["written"]
    assert all(pod["proven"] for result in results.values() for pod in result["pods"])
    assert set(team.site.statuses()) & {one, two} == {one}
