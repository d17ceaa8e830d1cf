"""What a template of one node takes from that node alone is named, with where it stands."""

from __future__ import annotations

from tests.fakes.copies import replace

from podwright.inventory.node import Connection, Node, NodeSettings
from podwright.operations.pulled_values import own_values

NODE = Node("cp-1", Connection("10.0.0.1"))


def pod(*words: str) -> dict[str, object]:
    return {"spec": {"containers": [{"command": list(words)}]}}


def test_the_nodes_name_and_address_are_named_with_their_places() -> None:
    document = pod("serve", "--name=cp-1", "--urls=https://10.0.0.1:2379,https://10.0.0.2:2379", "cp-1")
    name, address = own_values("web", document, NODE)
    assert name == (
        "the template of `web` has this node's own `cp-1` in `spec.containers[0].command[1]`,"
        " `spec.containers[0].command[3]`, which every node would get: write `{{ inventory_hostname }}` there, or pull"
        " from alike nodes together"
    )
    assert "`10.0.0.1` in `spec.containers[0].command[2]`" in address
    assert "`{{ ansible_host }}`" in address
    many = next(own_values("web", pod(*["cp-1"] * 5), NODE))
    assert "command[2]` and 2 more, which" in many


def test_what_only_looks_like_it_or_is_everywhere_the_same_is_not() -> None:
    other = pod("--name=cp-10", "--url=110.0.0.1", "10.0.0.1.5", "my-cp-1", "cp-1.5")
    assert list(own_values("web", other, NODE)) == []
    lab = replace(NODE, connection=Connection("127.0.0.1"))
    assert list(own_values("web", pod("--bind=127.0.0.1"), lab)) == []


def test_a_pod_that_is_called_as_its_node_is_keeps_its_name() -> None:
    alone = replace(NODE, name="web", connection=Connection("web"))
    document = {"metadata": {"name": "web"}, **pod("serve", "web")}
    assert list(own_values("web", document, alone)) == []
    [found] = own_values("proxy", pod("--name=web"), alone)
    assert "`{{ inventory_hostname }}`" in found


def test_the_name_of_the_kubernetes_node_is_its_own_too() -> None:
    named = replace(NODE, settings=NodeSettings(node_name="ip-10-0-0-1"))
    [found] = own_values("web", pod("--node=ip-10-0-0-1"), named)
    assert "write `{{ podwright_node_name }}` there" in found
