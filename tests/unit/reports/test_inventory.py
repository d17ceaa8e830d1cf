"""An inventory as tables, trees and documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from podwright.expressions.encrypted_values import Sealed
from podwright.inventory.load import load_inventory
from podwright.inventory.node import Inventory
from podwright.operations.inventory_values import Value, values_of
from podwright.reports.inventory import (
    ansible_document,
    graph_lines,
    node_rows,
    nodes_document,
    plain_document,
    value_rows,
    values_document,
)
from podwright.secret import Secret


@pytest.fixture
def inventory(tmp_path: Path) -> Inventory:
    (tmp_path / "hosts.yaml").write_text(
        "all:\n  children:\n    a: {children: {b: {hosts: {n1: {ansible_host: 10.0.0.1, static_pods: [web]}}}}}\n"
        "    c: {hosts: {n2: }}\n  vars: {long: [" + ", ".join(map(str, range(60))) + "]}\n"
    )
    return load_inventory(tmp_path / "hosts.yaml")


def as_it_is(value: object) -> object:
    return value


def test_a_row_a_node(inventory: Inventory) -> None:
    assert node_rows(inventory.nodes)[1:] == [("n1", "10.0.0.1", "a, b", "web"), ("n2", "n2", "c", "-")]
    assert nodes_document(inventory.nodes)["nodes"][0] == {
        "node": "n1", "address": "10.0.0.1", "groups": ["a", "b"], "staticPods": ["web"],
    }  # fmt: skip


def test_a_tree_of_groups(inventory: Inventory) -> None:
    assert list(graph_lines(inventory, "a")) == ["@a:", "  |--@b:", "  |  |--n1"]


def test_the_document_of_ansible_is_limited_to_the_chosen_nodes(inventory: Inventory) -> None:
    document = ansible_document(inventory, inventory.nodes[1:])
    assert document["c"] == {"hosts": ["n2"]}
    assert "b" not in document
    assert list(document["_meta"]["hostvars"]) == ["n2"]


def test_the_document_of_ansible_marks_text_that_is_not_a_template_and_omits_what_is_its_own(
    tmp_path,
) -> None:
    (tmp_path / "hosts.yaml").write_text("all: {hosts: {n: {a: !unsafe x, inventory_hostname: m}}}")
    inventory = load_inventory(tmp_path / "hosts.yaml")
    document = ansible_document(inventory, inventory.nodes)
    assert document["_meta"]["hostvars"] == {"n": {"a": {"__ansible_unsafe": "x"}}}


def test_a_long_value_is_cut_in_a_table_and_whole_in_a_document(inventory: Inventory) -> None:
    values = values_of(inventory, inventory.nodes[0], "long")
    row = value_rows(values, as_it_is)[1]
    assert (len(row[1]), row[1][-1]) == (60, "…")
    assert values_document("n1", values)["variables"][0]["value"] == list(range(60))


def test_a_value_that_cannot_be_evaluated_says_so() -> None:
    assert value_rows([Value("x", None, "a loop")], as_it_is)[1] == (
        "x",
        "cannot be evaluated: a loop",
        "-",
        "-",
    )


def test_a_secret_is_not_shown() -> None:
    sealed = Sealed(lambda: "open", "$ANSIBLE_VAULT;1.1;AES256\n00")
    assert plain_document({"a": [Secret("x"), sealed]}) == {"a": ["[redacted]", "[redacted]"]}


def test_what_is_named_like_a_secret_is_not_shown_however_short_it_is() -> None:
    held = {"db_password": "abc", "pins": {"admin_pin_token": [123]}, "token_file": "x", "api_key": "{{ y }}"}
    assert plain_document(held) == {
        "db_password": "[redacted]",
        "pins": {"admin_pin_token": ["[redacted]"]},
        "token_file": "x",
        "api_key": "{{ y }}",
    }
    assert value_rows([Value("db_password", "abc")], as_it_is)[1][1] == '"[redacted]"'


def test_what_is_cut_in_a_table_was_hidden_before() -> None:
    """A few characters of a secret at the cut are nothing that can be found."""
    long = "x" * 50 + "hunter2hunter2"
    row = value_rows([Value("x", long)], lambda text: str(text).replace("hunter2hunter2", "[redacted]"))[1]
    assert "hunt" not in row[1]
