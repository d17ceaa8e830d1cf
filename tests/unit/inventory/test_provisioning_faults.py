"""A fault has its place, and the rest of a declaration is read without it."""

from __future__ import annotations

from pathlib import Path

from podwright.inventory.load import load_inventory
from podwright.inventory.provisioning_faults import Fault, placed, without
from podwright.problem import Place


def test_a_fault_stands_where_the_value_is_written_that_counts_on_the_node(tmp_path: Path) -> None:
    (tmp_path / "host_vars").mkdir()
    (tmp_path / "hosts.yaml").write_text("all: {hosts: {n1: , n2: }, vars: {podwright_node: {swap: on}}}\n")
    (tmp_path / "host_vars/n2.yaml").write_text("podwright_node:\n  packages: [a, b c]\n")
    inventory = load_inventory(tmp_path / "hosts.yaml")
    first, second = inventory.nodes
    problem = placed(Fault(("swap",), "wrong"), first, inventory)
    assert (problem.place, problem.node) == (Place(str(tmp_path / "hosts.yaml"), 1, 58), "n1")
    assert str(placed(Fault(("packages", "b c"), "wrong"), second, inventory).place).endswith("n2.yaml:2:17")
    elsewhere = Place("templates/node/a.j2", 3)
    assert placed(Fault(("files",), "wrong", place=elsewhere), second, inventory).place == elsewhere


def test_what_stands_at_a_path_is_left_out_and_nothing_else() -> None:
    value = {"a": {"b": [1, 2, {"c": 3}], "d": 4}, "e": 5}
    assert without(value, [("a", "b", 0), ("a", "b", 2, "c"), ("e",), ("none", "of", "it")]) == {
        "a": {"b": [2, {}], "d": 4}
    }
    assert without(value, []) == value
    assert without(value, [()]) == {}
