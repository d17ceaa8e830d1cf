"""Hooks are real programs: what they are given, what their end means, and how long they may take."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from podwright.inventory.rollout_settings import Hook, Scope
from podwright.operations.interruption import Interruption
from podwright.operations.report import Convergence, NodeResult, Status
from podwright.operations.rollout_hooks import Hooks
from podwright.plan.rollout_batches import Rollout
from podwright.plan.run import Run

WELL = NodeResult("n1", Status.CHANGED, Convergence())


def hooks(*commands: tuple[Scope, bool, str], seconds: float = 20.0) -> Hooks:
    """Each a line of sh."""
    made = {Hook(scope, before, ("sh", "-c", line), seconds): ("n1",) for scope, before, line in commands}
    world = SimpleNamespace(run=Run("r1", "ada@desk", "manifest push"), interruption=Interruption())
    return Hooks(Rollout(hooks=made), world)


def test_a_hook_reads_what_the_run_is_and_which_nodes_it_is_about(tmp_path: Path) -> None:
    said = tmp_path / "said"
    assert hooks((Scope.BATCH, True, f"cat >{said}")).before(Scope.BATCH, ("n1", "n2"), {"batch": 2}) == ()
    assert json.loads(said.read_text()) == {
        "apiVersion": "podwright.dev/v1",
        "kind": "RolloutHook",
        "hook": "before-batch",
        "run": "r1",
        "command": "manifest push",
        "who": "ada@desk",
        "nodes": ["n1", "n2"],
        "batch": 2,
    }


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("echo no >&2; exit 3", "exit status 3: no"),
        ("echo only this; exit 1", "exit status 1: only this"),
        ("kill -9 $$", "ended by signal 9"),
        ("sleep 600", "it did not end within 0.5 s"),
        ("head -c 3000000 /dev/zero", "it printed more than 1024 KiB"),
    ],
)
def test_a_hook_that_fails_says_why_within_bounds(line: str, why: str) -> None:
    [problem] = hooks((Scope.RUN, True, line), seconds=0.5 if "0.5 s" in why else 60).before(
        Scope.RUN, ("n1",), {}
    )
    assert problem.message.startswith("the hook `sh -c ")
    assert f"before the run failed: {why}" in problem.message


def test_much_talk_is_cut_and_a_missing_program_is_told() -> None:
    [problem] = hooks((Scope.RUN, True, "seq 9999; exit 1")).before(Scope.RUN, ("n1",), {})
    assert len(problem.message) < 700
    assert problem.message.endswith("9999")
    made = Hooks(Rollout(hooks={Hook(Scope.RUN, True, ("/nowhere/x",)): ("n1",)}), hooks().world)
    [problem] = made.before(Scope.RUN, ("n1",), {})
    assert "failed: there is no such program" in problem.message


def test_a_node_whose_first_hook_fails_is_not_changed() -> None:
    made = hooks((Scope.NODE, True, "exit 1"), (Scope.NODE, False, "exit 0"))
    outcome = made.around("n1", lambda: pytest.fail("changed"))
    assert (outcome.status, outcome.problems[0].node) == (Status.FAILED, "n1")


def test_a_node_whose_last_hook_fails_has_failed_and_keeps_what_was_done() -> None:
    outcome = hooks((Scope.NODE, False, "grep -q changed || exit 9; exit 1")).around("n1", lambda: WELL)
    assert outcome.status is Status.FAILED
    assert "after each node failed: exit status 1" in outcome.problems[0].message
    assert hooks((Scope.NODE, False, "grep -q changed")).around("n1", lambda: WELL) == WELL


def test_a_run_that_is_cut_runs_none_and_says_so() -> None:
    made = hooks((Scope.NODE, False, "exit 0"))
    made.world.interruption.ask()
    made.world.interruption.ask()
    outcome = made.around("n1", lambda: WELL)
    assert "was not run: interrupted" in outcome.problems[0].message
