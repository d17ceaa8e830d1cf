"""What becomes of a run that was begun before, named by its id."""

from __future__ import annotations

import json

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import pod_text

from podwright.plan.run import Run

RUN, OTHER = "20261130-101500-aaaaaa", "20261130-101501-bbbbbb"
FILE = ("-y", "--wait-for", "file", "-o", "json")


@pytest.fixture
def pushed(one_node, node):
    """A run that wrote the file, and what the next one would write."""
    one_node.template("web", pod_text())
    node.world = replace(node.world, run=Run(RUN, "ada@desk", "manifest push", since="2026-11-30 10:15 UTC"))
    assert one_node.run("manifest", "push", *FILE).code == 0
    node.world = replace(
        node.world, run=Run(OTHER, "ada@desk", "manifest push", since="2026-11-30 10:16 UTC")
    )
    return one_node


def test_the_progress_of_a_run_is_shown_by_its_id_or_the_beginning_of_one(
    pushed, monkeypatch, tmp_path
) -> None:
    answer = pushed.run("rollout", "status", "20261130", "-o", "json")
    assert (answer.code, json.loads(answer.out)["run"]) == (0, RUN)
    assert json.loads(answer.out)["nodes"][0]["progress"] == "written"
    assert pushed.run("rollout", "status", "2019").code == 2
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another controller"))
    answer = pushed.run("rollout", "status", RUN)
    assert (answer.code, "written, not proven" in answer.out) == (0, True)
    assert pushed.run("rollout", "status", "20261130").code == 2


def test_a_resumed_run_keeps_its_id(pushed, node) -> None:
    pushed.template("web", pod_text(image="example.com/web:2"))
    answer = pushed.run("rollout", "resume", RUN, *FILE)
    assert answer.code == 0, answer.err
    history = json.loads(pushed.run("manifest", "history", "-o", "json").out)["nodes"][0]["revisions"]
    assert [one["run"] for one in history] == [RUN, RUN]
    shown = json.loads(pushed.run("runs", "show", RUN, "-o", "json").out)
    assert (shown["changed"], shown["exitCode"]) == (["n1"], 0)


def test_an_aborted_run_is_not_resumed(pushed) -> None:
    answer = pushed.run("rollout", "abort", RUN)
    assert (answer.code, "the run is aborted" in answer.err) == (0, True)
    answer = pushed.run("manifest", "push", "--resume", RUN, *FILE)
    assert (answer.code, f"the run {RUN} was aborted, says n1" in answer.err) == (2, True)


def test_what_a_run_created_or_removed_is_taken_back(pushed, node) -> None:
    text = node.file()
    assert pushed.run("manifest", "remove", "web", *FILE).code == 0
    answer = pushed.run("rollout", "revert", OTHER, *FILE)
    assert answer.code == 0, answer.err
    assert (node.file() or "").replace('generation: "2"', 'generation: "1"') == text
    node.world = replace(node.world, run=Run("20261130-101502-cccccc", "ada@desk"))
    answer = pushed.run("rollout", "revert", RUN, *FILE)
    assert f"`web.yaml` was written since, by the run {OTHER}" in answer.err


def test_a_run_that_is_taken_back_is_shown_so(pushed, node) -> None:
    assert pushed.run("rollout", "revert", RUN, *FILE).code == 0
    assert node.file() is None
    answer = pushed.run("rollout", "status", RUN, "-o", "json")
    assert json.loads(answer.out)["nodes"][0]["progress"] == "withdrawn"
