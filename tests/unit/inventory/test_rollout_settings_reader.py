"""How a run goes from node to node, as the inventory says it: what is wrong is told where it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from podwright.errors import InventoryError
from podwright.inventory.counts_and_percentages import Amount
from podwright.inventory.load import load_inventory
from podwright.inventory.rollout_settings import Hook, OnFailure, Scope, Strategy
from podwright.inventory.rollout_settings_reader import strategy


def test_every_setting_is_read() -> None:
    said = {
        "batch": [1, "20%"],
        "canary": "cp-1",
        "order": ["workers", "cp-1"],
        "soak": "1m",
        "max_fail": "10%",
        "pause": "yes",
        "on_failure": "revert-run",
        "hooks": {"node": {"before": ["drain", "--now"]}, "run": {"after": ["tell"]}, "deadline": "5s"},
    }
    assert strategy(said) == Strategy(
        batch=(Amount(1), Amount(20, percent=True)),
        canary=("cp-1",),
        order=("workers", "cp-1"),
        soak=60.0,
        max_fail=Amount(10, percent=True),
        pause=True,
        on_failure=OnFailure.REVERT_RUN,
        hooks=(Hook(Scope.RUN, False, ("tell",), 5.0), Hook(Scope.NODE, True, ("drain", "--now"), 5.0)),
    )


def test_one_value_stands_for_a_list_and_a_number_of_canaries_for_itself() -> None:
    assert strategy({"batch": 3, "canary": 2}) == Strategy(batch=(Amount(3),), canary_count=2)
    assert strategy({"canary": ["a", "b"]}) == Strategy(canary=("a", "b"))
    assert strategy({}) == Strategy()


@pytest.mark.parametrize(
    ("said", "column", "message", "hint"),
    [
        ("[1]", 24, "`podwright_rollout` is a mapping", "docs/rollouts.md"),
        ("{bach: 1}", 31, "`podwright_rollout` has no setting `bach`", "did you mean `batch`?"),
        ("{batch: [1, 0]}", 36, "`podwright_rollout.batch` is a list of numbers and percentages, such as `[1, 5, 20%]`,"
         " not `0`", "docs/rollouts.md"),
        ("{batch: five}", 32, "`podwright_rollout.batch` is a list of numbers", "docs/rollouts.md"),
        ("{soak: long}", 31, "`podwright_rollout.soak` is a number of seconds (or `90s`, `5m`, `1h`), not `long`", "docs"),
        ("{max_fail: -1}", 35, "`podwright_rollout.max_fail` is a number or a percentage", "docs"),
        ("{on_failure: revert-rnu}", 37, "`podwright_rollout.on_failure` is one of `pause`, `stop`, `revert-batch`,",
         "did you mean `revert-run`?"),
        ("{hooks: {node: {before: drain now}}}", 48, "`podwright_rollout.hooks` is a mapping such as", "docs"),
        ("{hooks: {nodes: {before: [x]}}}", 40, "`podwright_rollout.hooks` has no setting `nodes`", "did you mean `node`?"),
        ("{hooks: {run: {befor: [x]}}}", 46, "`podwright_rollout.hooks.run` has no setting `befor`", "did you mean"),
    ],
)  # fmt: skip
def test_what_is_wrong_has_its_place_and_a_hint(tmp_path: Path, said, column, message, hint) -> None:
    file = tmp_path / "hosts.yaml"
    file.write_text(f"all:\n  hosts: {{n1: }}\n  vars:\n    podwright_rollout: {said}\n")
    with pytest.raises(InventoryError) as caught:
        load_inventory(file)
    [problem] = caught.value.problems
    assert (problem.place.line, problem.place.column) == (4, column)
    assert problem.message.startswith(message)
    assert problem.hint.startswith(hint)
    assert strategy({"batch": []}) is None


def test_a_group_and_a_manifest_have_strategies_of_their_own(tmp_path: Path) -> None:
    file = tmp_path / "hosts.yaml"
    file.write_text(
        """\
all:
  hosts: {n1: }
  vars:
    podwright_rollout: {soak: 5s}
    static_pods:
      etcd: {podwright_rollout: {batch: 1}}
      web: present
"""
    )
    [node] = load_inventory(file).nodes
    assert node.settings.rollout == Strategy(soak=5.0)
    assert [pod.settings.rollout for pod in node.static_pods] == [Strategy(batch=(Amount(1),)), None]


def test_what_is_wrong_with_a_manifests_own_is_told_where_it_is_written(tmp_path: Path) -> None:
    file = tmp_path / "hosts.yaml"
    file.write_text("all: {hosts: {n1: }, vars: {static_pods: {etcd: {podwright_rollout: {soak: never}}}}}\n")
    with pytest.raises(InventoryError) as caught:
        load_inventory(file)
    [problem] = caught.value.problems
    assert (problem.place.line, problem.place.column) == (1, 76)
    assert problem.message.startswith("`static_pods.etcd.podwright_rollout.soak` is a number of seconds")
