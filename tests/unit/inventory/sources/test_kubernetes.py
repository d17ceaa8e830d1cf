"""Nodes of a cluster: roles and labels are groups, addresses and labels are variables."""

from __future__ import annotations

from podwright.expressions.inventory_text import is_expression
from podwright.inventory.sources.kubernetes import ClusterNode, read_nodes
from podwright.inventory.structure import Structure


def test_a_node_has_its_address_its_labels_and_its_groups():
    labels = (
        ("node-role.kubernetes.io/control-plane", ""),
        ("kubernetes.io/hostname", "cp-1"),
        ("zone", "eu-1"),
        ("9x", "é"),
    )
    addresses = (("Hostname", "cp-1"), ("InternalIP", "10.0.0.1"), ("InternalIP", "fd00::1"))
    found = Structure()
    read_nodes((ClusterNode("cp-1", addresses, labels), ClusterNode("w-1")), found)
    assert found.hosts["cp-1"] == {
        "ansible_host": "10.0.0.1",
        "podwright_node_name": "cp-1",
        "kubernetes_labels": dict(labels),
        "kubernetes_addresses": {"Hostname": "cp-1", "InternalIP": "10.0.0.1"},
    }
    assert "ansible_host" not in found.hosts["w-1"]
    assert [name for name, group in found.groups.items() if "cp-1" in group.hosts] == [
        "control_plane", "label_zone_eu_1", "label_9x_é",
    ]  # fmt: skip


def test_what_the_api_says_is_never_evaluated():
    found = Structure()
    read_nodes(
        (ClusterNode("n", (("InternalIP", "{{ 1 }}"),), (("a", "{{ lookup('env', 'HOME') }}"),)),), found
    )
    values = [found.hosts["n"]["ansible_host"], *found.hosts["n"]["kubernetes_labels"].values()]
    assert values == ["{{ 1 }}", "{{ lookup('env', 'HOME') }}"]
    assert not any(map(is_expression, values))


def test_a_cluster_without_nodes_is_a_problem():
    found = Structure()
    read_nodes((), found)
    assert [problem.message for problem in found.problems] == ["the API lists no node"]
