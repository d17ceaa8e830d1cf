"""`podwright runs`, and limits that a run's results make."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import pytest
from tests.cli.conftest import Site
from tests.fakes.copies import replace
from tests.unit.operations.conftest import FakeNode

from podwright.cli.app import App
from podwright.operations.world import World
from podwright.plan.run import Run

PUSH = ("manifest", "push", "-y", "--wait-for", "file")


@pytest.fixture(autouse=True)
def _runs(one_node: Site, node: FakeNode, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command has an id of its own, a second after the one before."""
    ids = (f"20261130-1015{second:02d}-aaaaaa" for second in count())

    @contextmanager
    def world(_app: App) -> Iterator[World]:
        yield replace(node.world, run=Run(next(ids), "ann@desk", "manifest push"))

    monkeypatch.setattr(App, "world", world)


@pytest.fixture
def pushed(one_node: Site) -> Site:
    one_node.run(*PUSH)
    return one_node


def test_a_push_is_listed_and_shown(pushed: Site) -> None:
    listed = pushed.run("runs", "list").out.splitlines()
    counts = ["NODES", "CHANGED", "FAILED", "UNREACHED", "UNKNOWN"]
    assert listed[0].split() == ["RUN", "COMMAND", "BY", *counts, "RESULT"]
    assert listed[1].split()[1:3] == ["manifest", "push"]
    assert listed[1].split()[4:] == ["1", "1", "0", "0", "0", "done"]
    shown = pushed.run("runs", "show").out.splitlines()
    assert shown[1].split()[:4] == ["n1", "changed", "written", "web.yaml"]
    for output in ("json", "jsonl"):
        document = json.loads(pushed.run("runs", "show", "-o", output).out)
        assert (document["kind"], document["changed"], document["exitCode"]) == ("Run", ["n1"], 0)
    assert json.loads(pushed.run("runs", "list", "-o", "json").out)["runs"][0]["run"] == listed[1].split()[0]
    assert pushed.run("runs", "list", "-o", "name").out.strip() == listed[1].split()[0]
    assert pushed.run("runs", "show", "-o", "name").out == "n1\n"


def test_a_limit_takes_the_nodes_of_a_run(pushed: Site) -> None:
    assert pushed.run(*PUSH, "-l", "@changed").code == 0
    run = pushed.run("runs", "list", "-o", "name").out.splitlines()[-1]
    assert pushed.run(*PUSH, "-l", f"@changed/{run}").code == 0
    answer = pushed.run(*PUSH, "-l", "@failed")
    assert (answer.code, "`@failed` chooses no node of the run" in answer.err) == (2, True)
    # what the hints say: one of the two may choose no node
    assert pushed.run(*PUSH, "-l", "@failed", "-l", f"@changed/{run}").code == 0
    assert pushed.run(*PUSH, "-l", "@failed", "-l", "@unreached").code == 2
    answer = pushed.run(*PUSH, "-l", "@unreached/2020")
    assert (answer.code, "the journal has no run `2020`" in answer.err) == (2, True)


def test_a_dry_run_and_a_plan_that_nobody_wants_are_not_recorded(one_node: Site) -> None:
    one_node.run("manifest", "push", "--dry-run")
    assert one_node.run("runs", "list", "-o", "name").out == ""
    answer = one_node.run("runs", "show")
    assert (answer.code, "the journal has no run yet" in answer.err) == (2, True)


def test_a_failure_is_kept_in_words_without_a_secret(one_node: Site) -> None:
    one_node.inventory.write_text(
        "all: {hosts: {n1: {podwright_manifest_dir: /nowhere/correct-horse}},"
        " vars: {static_pods: [web], folder_password: correct-horse}}\n"
    )
    assert one_node.run("manifest", "push", "-y").code == 1
    shown = one_node.run("runs", "show", "-o", "json").out
    document = json.loads(shown)
    assert document["failed"] == ["n1"]
    assert "/nowhere/" in document["nodes"][0]["problems"][0]
    kept = "".join(path.read_text() for path in (one_node.folder / "state").rglob("*.jsonl"))
    assert "/nowhere/" in kept
    assert "correct-horse" not in kept + shown
    assert one_node.run("manifest", "push", "-y", "-l", "@failed").code == 1


def test_the_hint_after_a_failure_names_the_run_since_the_newest_may_be_of_another_inventory(
    one_node: Site,
) -> None:
    one_node.inventory.write_text(
        "all: {hosts: {n1: {podwright_manifest_dir: /nowhere/a}, n2: {podwright_manifest_dir: /nowhere/b}},"
        " vars: {static_pods: [web]}}\n"
    )
    answer = one_node.run("manifest", "push", "-y")
    run = one_node.run("runs", "list", "-o", "name").out.strip()
    assert answer.code == 1
    assert f"`podwright manifest push -l @failed/{run}` repeats this" in answer.err


def test_two_runs_are_not_shown_at_once(one_node: Site) -> None:
    assert one_node.run("runs", "show", "a", "b").code == 2
