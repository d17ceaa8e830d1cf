"""`node facts` in every format, and one part of it."""

from __future__ import annotations

import json

import pytest


def test_facts_are_shown_as_a_table(one_node) -> None:
    shown = one_node.run("node", "facts")
    assert shown.code == 0, shown.err
    assert shown.out.splitlines()[0].split() == ["NODE", "FACT", "VALUE"]
    assert "kubelet.staticPodPath" in shown.out


def test_many_nodes_have_a_row_each_unless_a_fact_is_named(one_node) -> None:
    one_node.inventory.write_text("all: {hosts: {n1: {}, n2: {}}}\n")
    shown = one_node.run("node", "facts")
    assert (shown.code, shown.out.split()[:3]) == (0, ["NODE", "OS", "KERNEL"]), shown.err
    assert len(shown.out.splitlines()) == 3
    one = one_node.run("node", "facts", "all", "swap")
    assert one.out.split()[:3] == ["NODE", "FACT", "VALUE"]
    everything = json.loads(one_node.run("node", "facts", "-o", "json").out)
    assert [len(node["facts"]) > 20 for node in everything["nodes"]] == [True, True]


@pytest.mark.parametrize("output", ["json", "jsonl", "yaml"])
def test_a_part_of_a_node(one_node, node, output: str) -> None:
    shown = one_node.run("node", "facts", "n1", "kubelet.config", "-o", output)
    assert shown.code == 0, shown.err
    assert "staticPodPath" in shown.out
    assert str(node.folder) in shown.out
    if output != "yaml":
        [found] = json.loads(shown.out)["nodes"]
        assert found["parts"]["kubelet.config"]["staticPodPath"]["source"] == "--pod-manifest-path"


def test_a_name_that_is_none_is_a_mistake_of_the_command_line(one_node) -> None:
    shown = one_node.run("node", "facts", "n1", "kubelett")
    assert (shown.code, "there is no fact `kubelett`" in shown.err) == (2, True)
    assert one_node.run("node", "facts", "n7").code == 2


def test_with_a_limit_every_name_is_a_fact(one_node) -> None:
    shown = one_node.run("node", "facts", "-l", "n1", "swap", "kubelet.config")
    assert shown.code == 0, shown.err
    assert {line.split()[1].partition(".")[0] for line in shown.out.splitlines()[1:]} == {"swap", "kubelet"}


@pytest.mark.parametrize("words", [("swap",), ("kubelet.config", "cpus")])
def test_a_fact_in_the_place_of_a_node_is_told_with_what_was_meant(one_node, words: tuple[str, ...]) -> None:
    shown = one_node.run("node", "facts", *words)
    assert shown.code == 2
    assert f"did you mean `node facts all {' '.join(words)}`?" in shown.err
    assert one_node.run("node", "facts", "all", *words).code == 0
