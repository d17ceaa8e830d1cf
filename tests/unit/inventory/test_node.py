"""A node's likely name in Kubernetes is one that Kubernetes takes."""

from __future__ import annotations

import pytest

from podwright.inventory.node import Connection, Node, NodeSettings


@pytest.mark.parametrize(
    ("name", "setting", "expected"),
    [
        ("n1", None, "n1"),
        ("n1", "n1.example", "n1.example"),
        ("n_1", None, ""),
        ("n_1", "n1", "n1"),
        ("N1", None, ""),
    ],
)
def test_the_inventorys_name_counts_only_if_it_can_be_one(name, setting, expected):
    assert Node(name, Connection(name), settings=NodeSettings(node_name=setting)).likely_name == expected
