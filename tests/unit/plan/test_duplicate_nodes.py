"""Two inventory names of one node."""

from __future__ import annotations

from podwright.plan.duplicate_nodes import Identity, same_nodes
from podwright.plan.reasons import Check
from podwright.plan.words import message

A, B, C = Identity("a", "n1", 7), Identity("b", "n1", 8), Identity("c", "n2", 7)


def test_with_an_api_one_node_name_is_one_node() -> None:
    found = same_nodes([A, B, C], api=True)
    assert list(found) == ["a", "b"]
    assert found["a"].kind is Check.SAME_NODE
    assert message(found["a"]) == "it is the same Kubernetes node `n1` as `b`"


def test_without_one_only_one_kubelet_is_one_node_since_clusters_may_share_names() -> None:
    assert same_nodes([A, B, C], api=False) == {}
    again = Identity("d", "n1", 7)
    assert list(same_nodes([A, again], api=False)) == ["a", "d"]
