"""Nodes in the same groups share what they do not override."""

from __future__ import annotations

from pathlib import Path

from podwright.inventory.load import load_inventory
from podwright.inventory.node import Node


def nodes(folder: Path, text: str) -> dict[str, Node]:
    (folder / "hosts.yaml").write_text(text)
    return {node.name: node for node in load_inventory(folder / "hosts.yaml").nodes}


def test_what_is_the_same_is_shared_even_when_it_is_an_expression(tmp_path):
    found = nodes(
        tmp_path,
        "all: {vars: {podwright_node_name: '{{ inventory_hostname }}.x'}, hosts: {'n[1:2]': , m: {a: 1}}}",
    )
    assert found["n1"].variables is found["n2"].variables
    assert [node.settings.node_name for node in found.values()] == ["n1.x", "n2.x", "m.x"]
    assert found["m"].variables["a"] == 1


def test_a_nodes_own_values_win_and_its_pods_are_merged(tmp_path):
    found = nodes(
        tmp_path,
        "all: {vars: {static_pods: [a], podwright_hold: 1}, hosts: {n: {static_pods: {b: absent}, podwright_hold: 2}, m: }}",
    )
    assert (found["n"].settings.hold, found["m"].settings.hold) == (2.0, 1.0)
    assert [(pod.template, pod.present) for pod in found["n"].static_pods] == [("a", True), ("b", False)]
    assert found["n"].variables["static_pods"] == {"a": "present", "b": "absent"}
    assert found["m"].static_pods[0].template == "a"


def test_groups_are_sorted_and_without_all(tmp_path):
    found = nodes(tmp_path, "z: {hosts: {n: }}\na: {children: {z: }}\n")
    assert found["n"].groups == ("a", "z")
