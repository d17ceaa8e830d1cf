"""What `manifest push` takes, and what it refuses before anything is read."""

from __future__ import annotations

import json

import pytest
from tests.fakes.nouns import pod_text

RUN = "20261130-101500-aaaaaa"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--prune", "--only", "web"), "it does not go with `--only`"),
        (("--prune-max", "3"), "`--prune-max` limits what `--prune` may remove"),
        (("--resume", "2026"), "the journal has no run `2026`"),
        (("--resume", RUN), f"no chosen node has anything of a run {RUN}"),
    ],
)
def test_what_cannot_be_is_refused(one_node, node, arguments, message) -> None:
    one_node.template("web", pod_text())
    answer = one_node.run("manifest", "push", "-y", "--wait-for", "file", *arguments)
    assert (answer.code, message in answer.err) == (2, True), answer.err
    assert node.file() is None


def test_a_push_writes_what_the_templates_say(one_node, node) -> None:
    one_node.template("web", pod_text())
    answer = one_node.run("manifest", "push", "-y", "--wait-for", "file", "-o", "name")
    assert (answer.code, answer.out) == (0, "n1/web.yaml\n"), answer.err
    assert "example.com/web:1" in (node.file() or "")


def test_a_saved_plan_is_carried_out_once_and_refused_when_stale(one_node, node, tmp_path) -> None:
    one_node.template("web", pod_text())
    plan = tmp_path / "plan.json"
    answer = one_node.run("manifest", "push", "--plan-out", str(plan), "--wait-for", "file")
    assert (answer.code, node.file()) == (0, None), answer.err
    assert "example.com" not in plan.read_text()
    given = ("manifest", "push", "-y", "--plan", str(plan), "--wait-for", "file")
    one_node.template("web", pod_text(image="example.com/web:2"))
    answer = one_node.run(*given)
    assert (answer.code, node.file()) == (1, None)
    assert "n1: the saved plan is stale: `web.yaml`" in answer.err
    one_node.template("web", pod_text())
    assert one_node.run(*given).code == 0
    assert "example.com/web:1" in (node.file() or "")
    answer = one_node.run(*given)
    assert (answer.code, "1 unchanged" in answer.err) == (0, True), answer.err


def test_a_node_that_the_plan_lacks_is_refused(one_node, node, tmp_path) -> None:
    one_node.template("web", pod_text())
    plan = tmp_path / "plan.json"
    plan.write_text(
        '{"apiVersion": "podwright.dev/v1", "kind": "SavedPlan", "plan": {"by": "", "at": "", "nodes": []}}'
    )
    answer = one_node.run("manifest", "push", "-y", "--plan", str(plan), "-l", "n1")
    assert (answer.code, "the saved plan has nothing of this node" in answer.err) == (1, True)


def test_hooks_of_the_inventory_are_told_in_documents_too_when_they_fail(one_node, node, tmp_path) -> None:
    one_node.template("web", pod_text())
    hooks = {"node": {"before": ["sh", "-c", f"cat >{tmp_path}/said"]}, "run": {"after": ["false"]}}
    variables = {"static_pods": ["web"], "podwright_rollout": {"hooks": hooks}}
    one_node.inventory.write_text(json.dumps({"all": {"hosts": {"n1": {}}, "vars": variables}}))
    answer = one_node.run("manifest", "push", "-y", "--wait-for", "file", "-o", "json")
    assert (answer.code, "example.com/web:1" in (node.file() or "")) == (1, True)
    assert json.loads((tmp_path / "said").read_text())["node"] == "n1"
    document = json.loads(answer.out)
    assert document["nodes"][0]["status"] == "changed"
    assert document["problems"][0]["message"] == "the hook `false` after the run failed: exit status 1"
    assert "error: the hook `false` after the run failed" in answer.err


def test_why_a_plan_conflicts_is_told_once_with_what_to_do(one_node, node) -> None:
    one_node.template("web", pod_text())
    (node.folder / "web.yaml").write_text(pod_text(image="example.com/theirs:1"))
    answer = one_node.run("manifest", "push", "--dry-run", "--wait-for", "file")
    assert answer.code == 1
    assert (answer.out + answer.err).count("was not written by podwright") == 1
    assert "hint: `podwright manifest diff --adopt` shows what is there" in answer.err
