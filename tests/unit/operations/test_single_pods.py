"""Which node is to have a pod that runs on one node at a time."""

from __future__ import annotations

import pytest

from podwright.errors import ProblemsError
from podwright.inventory.node import Connection, Inventory, Node, StaticPod
from podwright.inventory.pod_settings import PodSettings
from podwright.operations.single_pods import single_pods

SINGLE = PodSettings(single=True)


def node(name: str, *pods: StaticPod) -> Node:
    return Node(name, Connection(name), pods)


def test_one_node_has_it_and_one_that_says_nothing_of_single_counts_too() -> None:
    nodes = (
        node("a", StaticPod("vip", False, settings=SINGLE), StaticPod("web")),
        node("b", StaticPod("vip")),
        node("c", StaticPod("web")),
    )
    assert single_pods(Inventory(nodes), nodes, ()) == {"vip.yaml": "b"}
    assert single_pods(Inventory(nodes), nodes, ("web",)) == {}
    assert single_pods(Inventory(nodes), nodes[:1], ()) == {}


def test_two_nodes_that_want_it_are_an_error_unless_one_of_them_is_not_chosen() -> None:
    nodes = (
        node("a", StaticPod("vip", instance="x", settings=SINGLE)),
        node("b", StaticPod("vip", instance="x")),
    )
    with pytest.raises(ProblemsError) as raised:
        single_pods(Inventory(nodes), nodes, ())
    assert [str(problem.message) for problem in raised.value.problems] == [
        "`vip.x.yaml` is to run on one node at a time, and 2 want it: a, b"
    ]
    assert single_pods(Inventory(nodes), nodes[1:], ()) == {"vip.x.yaml": "b"}
